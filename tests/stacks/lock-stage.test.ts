import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { runtime } from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { RecordingMonitor } from "../../plan/recording/recording-monitor.ts";
import { deployLock, lockSecret } from "../../stacks/origin-lock.ts";

const ROUTER = "kubernetes:traefik.io/v1alpha1:IngressRoute";
const LOCK = {
  enabled: true,
  serial: 2,
  enforce: true,
  before: undefined,
  place: { namespace: "traefik", name: "edge-lock", entryPoints: [], ingressClass: undefined, tls: true },
};

/** Answers the router's registration when the test says so, as an engine whose provider is slow or fails. */
class HeldMonitor extends RecordingMonitor {
  readonly #requested = Promise.withResolvers<undefined>();
  readonly #released = Promise.withResolvers<undefined>();

  get requested(): Promise<undefined> {
    return this.#requested.promise;
  }

  release(): void {
    this.#released.resolve(undefined);
  }

  override async registerResource(
    ...[request, callback]: Parameters<RecordingMonitor["registerResource"]>
  ): Promise<void> {
    if (request.getType() === ROUTER) {
      this.#requested.resolve(undefined);
      await this.#released.promise;
    }
    await super.registerResource(request, callback);
  }
}

test("the stage says that the secret is demanded only after the router exists", async () => {
  const monitor = new HeldMonitor({});
  await runtime.setMocks(monitor.mocks, "tailnet-edge", "ozilab", false);
  runtime.setMockOptions(monitor, "tailnet-edge", "ozilab", false, "organization");
  const stage: { serial?: number; enforced?: boolean } = {};
  const running = runtime.runInPulumiStack(() => {
    const sender = new CustomResource("sender", { apiVersion: "v1", kind: "Sender" });
    const { serial, enforced } = deployLock(LOCK, lockSecret(LOCK), [sender]);
    serial.apply((value) => (stage.serial = value));
    enforced.apply((value) => (stage.enforced = value));
    return Promise.resolve({ serial, enforced });
  });
  await monitor.requested;
  // Values that are known already reach the stage.
  await new Promise((resolve) => setImmediate(resolve));
  expect(stage).toEqual({ serial: 2 });
  monitor.release();
  await running;
  expect(stage).toEqual({ serial: 2, enforced: true });
});
