import { defineConfig } from "vitest/config";

const SLOW = "tests/**/*.slow.test.ts";

export default defineConfig({
  test: {
    // No test is about time: these only end one that hangs. A hook may build a tool on a cold cache.
    testTimeout: 300_000,
    hookTimeout: 1_800_000,
    // Vitest leaves one core free, and so runs one file after the other on two.
    maxWorkers: "100%",
    projects: [
      { extends: true, test: { name: "everyday", include: ["tests/**/*.test.ts"], exclude: [SLOW] } },
      { extends: true, test: { name: "slow", include: [SLOW] } },
    ],
  },
});
