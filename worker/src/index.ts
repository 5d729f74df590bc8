import { HopFailure, failurePage } from "./failure.ts";
import { forward } from "./forward.ts";
import { type Bindings, readSettings } from "./settings.ts";

/** The Worker of the public edge: every request of its routes goes to the one Funnel that ORIGIN names. */
export default {
  async fetch(request, bindings) {
    try {
      return await forward(request, readSettings(bindings));
    } catch (error) {
      if (!(error instanceof HopFailure)) throw error;
      console.error(`${error.hop}: ${error.message}`, error.cause);
      return failurePage(error);
    }
  },
} satisfies ExportedHandler<Bindings>;
