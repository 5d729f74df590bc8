import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    // No test is about time: these only end one that hangs. A hook may build a tool on a cold cache.
    testTimeout: 300_000,
    hookTimeout: 1_800_000,
  },
});
