import { EdgeFailure, failurePage } from "./edge-failure.ts";
import { forward } from "./forward.ts";
import { isPoolable } from "./pool-protocol.ts";
import { type Bindings, readPoolSettings, readSettings } from "./settings.ts";
import { throughPool } from "./through-pool.ts";

/** The Worker of the public edge: sends every request of its routes to the Funnel that ORIGIN names. */
export default {
  async fetch(request, bindings) {
    try {
      const settings = readSettings(bindings);
      const pool = readPoolSettings(bindings);
      const pooled = pool && isPoolable(request) ? await throughPool(request, pool, settings) : undefined;
      return pooled ?? (await forward(request, settings));
    } catch (error) {
      if (!(error instanceof EdgeFailure)) throw error;
      console.error(`${error.stage}: ${error.message}`, error.cause);
      return failurePage(error);
    }
  },
} satisfies ExportedHandler<Bindings>;
