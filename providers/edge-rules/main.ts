// The process of the provider edge-rules. Pulumi's engine starts it in the project's folder.
import { perStack } from "../protocol/per-stack.ts";
import { serveProvider } from "../protocol/serve.ts";
import { readCredential } from "./credential.ts";
import { RulesApi } from "./rules-api.ts";
import { ZoneRulesResource } from "./zone-rules-resource.ts";

await serveProvider(() => {
  const apiOf = perStack(
    async (stack) => new RulesApi(await readCredential(process.cwd(), stack, process.env)),
  );
  return { resources: { "edge-rules:index:ZoneRules": new ZoneRulesResource(apiOf) } };
});
