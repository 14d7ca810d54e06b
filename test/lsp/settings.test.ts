import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSettings, parseSettings } from "../../server/src/lsp/settings.ts";

const settingsOf = (section: unknown) => parseSettings(section).value;

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
    assert.deepEqual(settingsOf(section), defaultSettings, JSON.stringify(section));
  }
});

test("sizes are texts or numbers, and what is none takes the default", () => {
  assert.equal(settingsOf({ budget: "1.5 MiB" }).budgetBytes, 1_572_864);
  assert.equal(settingsOf({ transferBudget: 500 }).transferBudgetBytes, 500);
  assert.equal(settingsOf({ budget: "" }).budgetBytes, undefined);
  assert.equal(settingsOf({ budget: "lots" }).budgetBytes, undefined);
  assert.equal(settingsOf({ inlayHints: { minimumBytes: -1 } }).inlayHintsMinimumBytes, 1);
  assert.equal(settingsOf({ cache: { maximumBytes: 0 } }).cacheMaximumBytes, 0);
});

test("limits of platforms are read like those of all, what is none is left out", () => {
  const settings = settingsOf({
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
  assert.equal(settingsOf({ maxLayers: 0 }).maxLayers, undefined);
});

test("a wrong value leaves its neighbours alone", () => {
  const settings = settingsOf({
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
  assert.equal(settingsOf({ "inlayHints.enabled": false }).inlayHintsEnabled, false));

test("images keep their order, and empty references are none", () =>
  assert.deepEqual(settingsOf({ images: { "b/*": "b", "a/*": " a ", c: "", d: 1 } }).images, [
    ["b/*", "b"],
    ["a/*", "a"],
  ]));

const sizeExpected = 'should be a size such as "10MB", but is';
const meanwhile = "meanwhile it counts as not set.";
const targets = "micro, sub-1mb, esp32-ota, raspberry-pi, lambda or edge";

/** Each with what is said of it. */
const wrong: readonly (readonly [section: unknown, ...problems: readonly string[]])[] = [
  [{ budget: [] }, `tare.budget ${sizeExpected} []: ${meanwhile}`],
  [{ budget: "lots" }, `tare.budget ${sizeExpected} "lots": ${meanwhile}`],
  [
    { "inlayHints.minimumBytes": "x", inlayHints: { enabled: 1 } },
    "tare.inlayHints.enabled should be true or false, but is 1: meanwhile true is used.",
    `tare.inlayHints.minimumBytes ${sizeExpected} "x": meanwhile 1 B is used.`,
  ],
  [
    { limits: { entries: -1, layerBytes: -1 } },
    "tare.limits.entries should be a whole number from 0 on, but is -1: meanwhile 5000000 is used.",
    `tare.limits.layerBytes ${sizeExpected} -1: meanwhile 64 GB is used.`,
  ],
  [{ target: "mikro" }, `tare.target should be ${targets}, but is "mikro": ${meanwhile}`],
  [{ maxLayers: "" }, `tare.maxLayers should be a whole number from 0 on, but is "": ${meanwhile}`],
  [
    { cost: { pulls: -0.5 } },
    `tare.cost.pulls should be a number from 0 on, but is -0.5: ${meanwhile}`,
  ],
  [{ platform: {} }, `tare.platform should be a text, but is {}: ${meanwhile}`],
  [{ images: ["app"] }, `tare.images should be an object, but is ["app"]: ${meanwhile}`],
  [{ images: { "*": 1 } }, `tare.images["*"] should be a text, but is 1: ${meanwhile}`],
  [
    { rules: { "apt-lists-kept": "loud", "apt-list": "off" } },
    `tare.rules["apt-lists-kept"] should be error, warning, information, hint or off, but is "loud": ${meanwhile}`,
    'tare.rules["apt-list"] changes nothing: Tare has no rule of that name.',
  ],
  [
    { platformBudgets: { "linux/arm64": { budget: true }, "linux/386": "8MB" } },
    `tare.platformBudgets["linux/arm64"].budget ${sizeExpected} true: ${meanwhile}`,
    `tare.platformBudgets["linux/386"] should be an object, but is "8MB": ${meanwhile}`,
  ],
  [{ engine: false }, `tare.engine should be an object, but is false: ${meanwhile}`],
  [7, `tare should be an object, but is 7: ${meanwhile}`],
];

test("a value of a wrong kind is told with what it should be and what holds meanwhile", () => {
  for (const [section, ...problems] of wrong) {
    assert.deepEqual(parseSettings(section).problems, problems);
  }
});

test("long values and keys are cut", () => {
  const long = "x".repeat(1000);
  const { problems } = parseSettings({ budget: long, images: { [long]: 1 } });
  const cut = `"${"x".repeat(59)}…`;
  assert.deepEqual(problems, [
    `tare.budget ${sizeExpected} ${cut}: ${meanwhile}`,
    `tare.images[${cut}] should be a text, but is 1: ${meanwhile}`,
  ]);
});

test("nothing is told of what is not set, of empty texts, and of the empty list that is a Lua table", () => {
  for (const section of [
    undefined,
    null,
    [],
    { inlayHints: null, budget: null, images: [], rules: [], cost: [] },
    { budget: " ", target: "", platform: "", images: { a: "" }, rules: { "many-layers": "" } },
    { maxLayers: 0, cost: { pulls: 0 }, cache: { maximumBytes: 0 }, unknown: 1 },
  ]) {
    assert.deepEqual(parseSettings(section).problems, [], JSON.stringify(section));
  }
});
