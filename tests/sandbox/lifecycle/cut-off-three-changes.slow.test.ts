import { testCutOffs, THREE_CHANGES } from "./cut-off-sweep.ts";

testCutOffs(THREE_CHANGES, (places) => places);
