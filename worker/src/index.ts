import { EdgeFailure, failurePage } from "./edge-failure.ts";
import { forward } from "./forward.ts";
import { type Bindings, readSettings } from "./settings.ts";

/** The Worker of the public edge: sends every request of its routes to the Funnel that ORIGIN names. */
export default {
  async fetch(request, bindings) {
    try {
      return await forward(request, readSettings(bindings));
    } catch (error) {
      if (!(error instanceof EdgeFailure)) throw error;
      console.error(`${error.stage}: ${error.message}`, error.cause);
      return failurePage(error);
    }
  },
} satisfies ExportedHandler<Bindings>;
