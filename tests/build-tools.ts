// Builds what the tests run besides Node, before they start: in parallel, test files would build it several times.
import { findEngine } from "../sandbox/engine/find-engine.ts";
import { traefikBinary } from "../tools/traefik-lab/binary.ts";
import { apiServerBinaries } from "./apiserver/binaries.ts";
import { chromiumBinary } from "./support/chromium.ts";
import { kubectlBinary } from "./support/kubectl.ts";
import { operatorChartFolder } from "./support/operator-chart.ts";

await operatorChartFolder();
await apiServerBinaries();
await kubectlBinary();
await traefikBinary();
await findEngine();
await chromiumBinary();
