import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ElfLabels, ElfPart } from "../../../server/src/core/image/elfLabels.ts";
import { elfMapOf } from "../../../server/src/core/image/elfMap.ts";
import {
  type BinaryNode,
  binaryMapOf,
  binaryRemark,
} from "../../../server/src/core/views/binaryMap.ts";

const blank: ElfPart = {
  kind: "section",
  name: "",
  offset: 0,
  bytes: 0,
  isCompressed: false,
  removable: undefined,
  use: "code",
  packages: [],
};

/** Labels of parts that follow each other. */
function labelsOf(parts: readonly Partial<ElfPart>[], hasSections = true): ElfLabels {
  let offset = 0;
  const placed = parts.map((part) => {
    const whole = { ...blank, ...part, offset };
    offset += whole.bytes;
    return whole;
  });
  return { fileBytes: offset, parts: placed, hasSections, areGoPackagesNamed: undefined };
}

/** As a thread makes the map and a view draws it. */
function mapOf(labels: ElfLabels, limit: number): readonly BinaryNode[] {
  return binaryMapOf(elfMapOf(labels, 5000), limit);
}

function drawn(nodes: readonly BinaryNode[] | undefined, depth = 0): readonly string[] {
  return (nodes ?? []).flatMap(({ name, bytes, count, children }) => [
    `${"  ".repeat(depth)}${name || `${count} more`} ${bytes}`,
    ...drawn(children, depth + 1),
  ]);
}

const program = labelsOf([
  { kind: "file-header", bytes: 64 },
  { kind: "program-headers", bytes: 112 },
  {
    name: ".text",
    bytes: 5000,
    packages: [
      { name: "runtime", bytes: 3000, use: "go-standard" },
      { name: "net/http", bytes: 1500, use: "go-standard" },
    ],
  },
  { kind: "padding", bytes: 20 },
  { name: ".rodata", bytes: 900 },
  { kind: "padding", bytes: 12 },
  { name: ".debug_info", bytes: 700, removable: "debug", isCompressed: true },
  { name: ".symtab", bytes: 100, removable: "symbols" },
  { kind: "section-headers", bytes: 320 },
  { kind: "appended", bytes: 4000 },
]);

test("a binary is its sections, their packages, what strip takes away, and all between", () =>
  assert.deepEqual(drawn(mapOf(program, 100)), [
    ".text 5000",
    "  runtime 3000",
    "  net/http 1500",
    "  Not named 500",
    "Beyond the last section 4000",
    ".rodata 900",
    "Debug information and symbols 800",
    "  .debug_info (compressed) 700",
    "  .symtab 100",
    "Headers 496",
    "  Section headers 320",
    "  Program headers 112",
    "  File header 64",
    "Padding, zeros 32",
  ]));

test("without sections the segments say what they are", () =>
  assert.deepEqual(
    drawn(
      mapOf(
        labelsOf(
          [
            { kind: "segment", name: "code", bytes: 50 },
            { kind: "segment", name: "data", bytes: 40 },
            { kind: "segment", name: "constants", bytes: 30 },
            { kind: "segment", name: "interpreter", bytes: 20 },
            { kind: "segment", name: "dynamic", bytes: 10 },
            { kind: "unnamed", bytes: 5 },
            { kind: "appended", bytes: 4 },
          ],
          false,
        ),
        100,
      ),
    ),
    [
      "Loaded as code 50",
      "Loaded as data that may be written 40",
      "Loaded as constants 30",
      "Name of the loader 20",
      "What the loader is told 10",
      "Named by no header 5",
      "Beyond the last segment 4",
    ],
  ));

test("sections of one name are one, and what is too much becomes a rest", () => {
  const many = Array.from({ length: 100 }, (_, at) => ({ name: `.s${at}`, bytes: 1000 - at }));
  const same = [
    { name: ".text", bytes: 7 },
    { name: ".text", bytes: 9000 },
  ];
  const map = mapOf(labelsOf([...many, ...same]), 60);
  assert.equal(map.length, 24);
  assert.deepEqual(drawn(map).slice(0, 2), [".text 9007", ".s0 1000"]);
  assert.equal(map.at(-1)?.kind, "rest");
  assert.equal(map.at(-1)?.count, 78);
});

const part = fc.record({
  kind: fc.constantFrom(
    "file-header",
    "program-headers",
    "section-headers",
    "section",
    "segment",
    "padding",
    "appended",
    "unnamed",
  ),
  name: fc.constantFrom("", ".text", ".data", "code"),
  bytes: fc.integer({ min: 10, max: 1000 }),
  isCompressed: fc.boolean(),
  removable: fc.constantFrom(undefined, undefined, "debug", "symbols"),
  packages: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom("a", "b", "c/d"),
      bytes: fc.integer({ min: 1, max: 3 }),
      use: fc.constantFrom("go-own", "go-other"),
    }),
    { selector: ({ name }) => name, maxLength: 3 },
  ),
} as const);

test("the nodes weigh what the file does, and those inside what is around them", () => {
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      fc.nat(200),
      (parts, hasSections, limit) => {
        const labels = labelsOf(parts, hasSections);
        const map = mapOf(labels, limit);
        const sum = (nodes: readonly BinaryNode[]): number =>
          nodes.reduce((total, { bytes }) => total + bytes, 0);
        assert.equal(sum(map), labels.fileBytes);
        for (const { children, bytes } of map) {
          if (children !== undefined) assert.equal(sum(children), bytes);
        }
        const count = drawn(map).length;
        assert.ok(count <= Math.max(limit, 24) + 1, `${count} nodes for ${limit}`);
      },
    ),
    { numRuns: 500 },
  );
});

test("a map made smaller in two steps is the map made smaller in one", () => {
  const parts = Array.from({ length: 400 }, (_, at) => ({ name: `.s${at}`, bytes: 1000 + at }));
  const labels = labelsOf(parts);
  assert.deepEqual(
    drawn(binaryMapOf(elfMapOf(labels, 300), 90)),
    drawn(binaryMapOf(elfMapOf(labels, 5000), 90)),
  );
});

test("each part says what it is there for, and a group what most of it is", () => {
  const map = mapOf(
    labelsOf([
      { name: ".text", bytes: 90, use: "code" },
      { name: ".debug_info", bytes: 40, use: "debug", removable: "debug" },
      { name: ".symtab", bytes: 10, use: "symbols", removable: "symbols" },
      { kind: "padding", bytes: 5, use: "padding" },
    ]),
    100,
  );
  assert.deepEqual(
    map.map(({ name, use }) => [name, use]),
    [
      [".text", "code"],
      ["Debug information and symbols", "debug"],
      ["Padding, zeros", "padding"],
    ],
  );
});

test("a Go program that cannot be divided says so, and nothing else does", () => {
  const remarkOf = (areGoPackagesNamed: boolean | undefined): string | undefined =>
    binaryRemark(elfMapOf({ ...labelsOf([{ bytes: 10 }]), areGoPackagesNamed }, 100));
  assert.match(remarkOf(false) ?? "", /not divided by package/);
  assert.equal(remarkOf(true), undefined);
  assert.equal(remarkOf(undefined), undefined);
});
