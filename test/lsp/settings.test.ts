import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSettings, parseSettings } from "../../server/src/lsp/settings.ts";

test("nothing set, or nonsense, gives the defaults", () => {
  for (const section of [
    undefined,
    null,
    7,
    "x",
    [],
    {},
    { inlayHints: 1, images: "x", budget: {} },
  ]) {
    assert.deepEqual(parseSettings(section), defaultSettings, JSON.stringify(section));
  }
});

test("sizes are texts or numbers, and what is none takes the default", () => {
  assert.equal(parseSettings({ budget: "1.5 MiB" }).budgetBytes, 1_572_864);
  assert.equal(parseSettings({ transferBudget: 500 }).transferBudgetBytes, 500);
  assert.equal(parseSettings({ budget: "" }).budgetBytes, undefined);
  assert.equal(parseSettings({ budget: "lots" }).budgetBytes, undefined);
  assert.equal(parseSettings({ inlayHints: { minimumBytes: -1 } }).inlayHintsMinimumBytes, 1);
  assert.equal(parseSettings({ cache: { maximumBytes: 0 } }).cacheMaximumBytes, 0);
});

test("limits of platforms are read like those of all, what is none is left out", () => {
  const settings = parseSettings({
    maxLayers: 12,
    platformBudgets: {
      "linux/arm64": { budget: "8MB", transferBudget: "4MB", maxLayers: 9, target: "micro" },
      "linux/arm/v7": { budget: "lots", maxLayers: 0 },
    },
  });
  assert.equal(settings.maxLayers, 12);
  assert.deepEqual(settings.platformBudgets, [
    {
      platform: "linux/arm64",
      budgetBytes: 8e6,
      transferBudgetBytes: 4e6,
      maxLayers: 9,
      target: "micro",
    },
    { platform: "linux/arm/v7" },
  ]);
  assert.equal(parseSettings({ maxLayers: 0 }).maxLayers, undefined);
});

test("a wrong value leaves its neighbours alone", () => {
  const settings = parseSettings({
    codeLens: { enabled: "yes" },
    engine: { enabled: false, endpoint: " unix:///run/x.sock " },
    platform: "linux/arm64",
  });
  assert.equal(settings.codeLensEnabled, false);
  assert.equal(settings.engineEnabled, false);
  assert.equal(settings.engineEndpoint, "unix:///run/x.sock");
  assert.equal(settings.platform, "linux/arm64");
});

test("dotted keys are understood as well as nested ones", () =>
  assert.equal(parseSettings({ "inlayHints.enabled": false }).inlayHintsEnabled, false));

test("images keep their order, and empty references are none", () =>
  assert.deepEqual(parseSettings({ images: { "b/*": "b", "a/*": " a ", c: "", d: 1 } }).images, [
    ["b/*", "b"],
    ["a/*", "a"],
  ]));
