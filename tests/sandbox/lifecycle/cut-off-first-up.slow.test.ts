import { FIRST_UP, testCutOffs } from "./cut-off-sweep.ts";

testCutOffs(FIRST_UP, (places) => places);
