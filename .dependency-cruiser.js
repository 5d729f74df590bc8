/**
 * Imports go one way. Each layer may import itself and what is listed for it, types included.
 *
 * @type {Record<string, readonly string[]>}
 */
const LAYERS = {
  "components/config-issue.ts": [],
  "components/exposure-row.ts": [],
  "components/tailnet": ["components/config-issue.ts"],
  "components/operator": ["components/config-issue.ts", "components/tailnet"],
  "components/public-edge": [
    "components/config-issue.ts",
    "components/exposure-row.ts",
    "components/operator",
    "providers/edge-rules/zone-rules.ts",
    "worker/bundle.ts",
    "worker/src/lock-header.ts",
  ],
  "components/private-services": [
    "components/config-issue.ts",
    "components/exposure-row.ts",
    "components/operator",
    "providers/object-fields/find-object.ts",
    "providers/object-fields/object-fields.ts",
  ],
  "components/cluster-dns": [
    "components/config-issue.ts",
    "components/operator",
    "providers/object-fields/object-fields.ts",
  ],
  "components/homepage": ["components/private-services", "providers/object-fields/object-fields.ts"],
  "stacks/config": ["components"],
  stacks: ["components", "providers/object-fields/cluster.ts", "worker/bundle.ts"],
  "index.ts": ["stacks"],
  plan: ["components", "stacks", "index.ts"],
  live: ["components/config-issue.ts", "plan/stack-file.ts"],
  "providers/protocol": [],
  "providers/edge-rules/zone-rules.ts": [],
  "providers/object-fields/cluster.ts": [],
  "providers/object-fields/find-object.ts": [],
  "providers/object-fields/object-fields.ts": [],
  providers: ["components/config-issue.ts", "live"],
  explain: ["live", "plan"],
  adopt: ["components", "stacks", "index.ts", "plan", "live", "providers/edge-rules"],
  doctor: [
    "components",
    "stacks",
    "plan",
    "live",
    "providers/edge-rules/owner.ts",
    "explain",
    "worker/src/lock-header.ts",
  ],
  ci: ["components", "plan", "live/redacted.ts"],
  "worker/src": [],
  worker: [],
  "tools/worker-lab": ["worker"],
  "tools/edge-lab": ["doctor/probes", "tools/traefik-lab", "tools/worker-lab"],
  tools: [],
  "sandbox/engine": ["tools"],
  "sandbox/world": [],
  "sandbox/providers": ["components", "stacks", "sandbox/world", "tools"],
  "sandbox/prerequisites": ["components", "stacks", "plan", "sandbox/world", "sandbox/providers"],
  "sandbox/http": ["sandbox/world", "sandbox/providers"],
  "sandbox/host": ["sandbox/world", "sandbox/providers", "sandbox/http", "sandbox/prerequisites"],
  "sandbox/session": [
    "sandbox/engine",
    "sandbox/world",
    "sandbox/providers",
    "sandbox/prerequisites",
    "sandbox/host",
  ],
  "sandbox/shell": [
    "sandbox/engine",
    "sandbox/world",
    "sandbox/providers",
    "sandbox/http",
    "sandbox/prerequisites",
    "sandbox/host",
  ],
  sandbox: ["components", "plan", "index.ts"],
  bench: [
    "components",
    "providers",
    "stacks",
    "index.ts",
    "plan",
    "live",
    "doctor",
    "worker",
    "sandbox",
    "tools",
  ],
};

const own = (path) => (path.endsWith(".ts") ? `^${path.replaceAll(".", "\\.")}$` : `^${path}/`);

const layerRules = Object.entries(LAYERS).map(([layer, allowed]) => ({
  name: `layer-${layer}`,
  comment: `${layer} may import only itself${allowed.map((path) => `, ${path}`).join("")}`,
  severity: "error",
  from: {
    path: own(layer),
    pathNot: Object.keys(LAYERS)
      .filter((other) => other !== layer && other.startsWith(`${layer}/`))
      .map(own),
  },
  to: {
    path: "^(index\\.ts$|components/|stacks/|plan/|live/|providers/|explain/|adopt/|doctor/|ci/|worker/|sandbox/|tools/|bench/|tests/)",
    pathNot: [own(layer), ...allowed.map(own)],
  },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-cycle",
      comment: "Two modules that import each other can only be understood together.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphan",
      comment: "Nothing uses this module: delete it.",
      severity: "error",
      from: {
        orphan: true,
        pathNot: ["\\.d\\.ts$", "\\.js$", "^tests/"],
      },
      to: {},
    },
    ...layerRules,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types"] },
  },
};
