import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type ElfPart, labelElf } from "../../server/src/core/image/elfLabels.ts";
import { paintClaims } from "../../server/src/core/image/elfLabelsPaint.ts";
import { anElf, type ElfSpec } from "../support/elfWriter.ts";
import { labelBytes } from "../support/labelBytes.ts";

const section = fc.record({
  type: fc.constantFrom(1, 2, 3, 8),
  flags: fc.constantFrom(0, 2, 6, 0x800),
  bytes: fc.nat(400),
});
const names = fc.constantFrom(
  ".text",
  ".debug_info",
  ".symtab",
  ".strtab",
  ".data",
  ".gopclntab",
  "",
);

const spec: fc.Arbitrary<ElfSpec> = fc.record(
  {
    bits: fc.constantFrom(32, 64),
    isLittleEndian: fc.boolean(),
    type: fc.constantFrom(1, 2, 3),
    interpreter: fc.constant("/lib/ld.so"),
    needed: fc.constant(["libc.so.6"]),
    sections: fc.dictionary(names, section, { maxKeys: 6 }),
    go: fc.constant({ version: "go1.22", modules: "path\tx\n", form: "inline" as const }),
  },
  { requiredKeys: [] },
);

const change = fc.tuple(fc.nat(), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)));

test("every byte of any file that begins as ELF has one label, however its headers lie", () => {
  fc.assert(
    fc.property(
      spec,
      fc.array(change, { maxLength: 20 }),
      fc.oneof(fc.constant(0), fc.nat(3000)),
      fc.uint8Array({ maxLength: 40 }),
      (asked, changes, cut, appended) => {
        const whole = anElf(asked);
        for (const [at, value] of changes) whole[at % whole.length] = value;
        const kept = whole.subarray(0, Math.max(0, whole.length - cut));
        labelBytes(Buffer.concat([kept, appended]));
        // A file of which less can be read than it is long.
        labelBytes(kept, whole.length);
      },
    ),
    { numRuns: 600 },
  );
});

test("the same file has the same labels, wherever its content comes from", () => {
  fc.assert(
    fc.property(spec, (asked) => {
      const bytes = anElf(asked);
      const copied = labelElf(
        (offset, length) => bytes.slice(offset, offset + length),
        bytes.length,
      );
      assert.deepEqual(copied, labelBytes(bytes));
    }),
    { numRuns: 200 },
  );
});

test("bytes go to the first claim that names them", () => {
  const claim = fc.tuple(fc.nat(40), fc.nat(40)).map(([a, b]) => ({
    kind: "section" as const,
    name: "",
    start: Math.min(a, b),
    end: Math.max(a, b),
    isCompressed: false,
    removable: undefined,
    use: "code" as const,
  }));
  fc.assert(
    fc.property(
      fc.array(claim, { maxLength: 12 }),
      fc.integer({ min: 41, max: 60 }),
      (claims, end) => {
        const runs = paintClaims(claims, end);
        const painted = runs.flatMap((run) => Array(run.end - run.start).fill(run.claim));
        const expected = Array.from({ length: end }, (_, at) =>
          claims.find((one) => one.start <= at && at < one.end),
        );
        assert.deepEqual(painted, expected);
        assert.ok(
          runs.every(
            (run, at) => run.start < run.end && (at === 0 || run.claim !== runs[at - 1]!.claim),
          ),
        );
      },
    ),
    { numRuns: 500 },
  );
});

test("many sections, each over all others, take no longer than many beside each other", () => {
  const claims = Array.from({ length: 100_000 }, (_, at) => ({
    kind: "section" as const,
    name: "",
    start: 200_000 - 2 * at,
    end: 400_000 + at,
    isCompressed: false,
    removable: undefined,
    use: "code" as const,
  }));
  const started = performance.now();
  assert.ok(paintClaims(claims, 1_000_000).length >= 100_000);
  assert.ok(performance.now() - started < 5000);
});

test("what strip takes away is never more than the file", () => {
  fc.assert(
    fc.property(spec, (asked) => {
      const labels = labelBytes(anElf(asked));
      const sum = (labels?.parts ?? [])
        .filter(({ removable }: ElfPart) => removable !== undefined)
        .reduce((total, { bytes }) => total + bytes, 0);
      assert.ok(sum <= (labels?.fileBytes ?? 0));
    }),
    { numRuns: 200 },
  );
});
