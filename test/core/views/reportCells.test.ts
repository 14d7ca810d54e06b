import assert from "node:assert/strict";
import { test } from "node:test";
import {
  columnsOf,
  escapeSteering,
  fitEnd,
  fitPath,
  padLeft,
  padRight,
} from "../../../server/src/core/views/reportCells.ts";
import type { TextOptions } from "../../../server/src/core/views/reportPaint.ts";
import { bar, formatShare, paintFor } from "../../../server/src/core/views/reportPaint.ts";

test("characters that steer a terminal are written out", () => {
  assert.equal(escapeSteering("a\u001b[2Jb"), String.raw`a\x1b[2Jb`);
  assert.equal(escapeSteering("a\r\nb\tc\u0000"), String.raw`a\x0d\x0ab\x09c\x00`);
  assert.equal(escapeSteering("\u009b2J\u007f"), String.raw`\x9b2J\x7f`);
  assert.equal(escapeSteering("txt.\u202egpj"), String.raw`txt.\u202egpj`);
  assert.equal(escapeSteering("usr/share/日本/é"), "usr/share/日本/é");
});

test("columns are counted as a terminal shows them", () => {
  assert.equal(columnsOf("etc/passwd"), 10);
  assert.equal(columnsOf("日本"), 4);
  assert.equal(columnsOf("e\u0301"), 1);
  assert.equal(columnsOf("📦"), 2);
});

test("text is cut at its end, paths in their middle", () => {
  assert.equal(fitEnd("RUN apt-get update", 11), "RUN apt-ge…");
  assert.equal(fitEnd("RUN", 3), "RUN");
  assert.equal(fitEnd("日本語", 4), "日…");
  assert.equal(fitEnd("RUN", 0), "");
  assert.equal(
    fitPath("usr/lib/x86_64-linux-gnu/libLLVM-14.so.1", 28),
    "usr/lib/x86…/libLLVM-14.so.1",
  );
  assert.equal(fitPath("etc/passwd", 10), "etc/passwd");
});

test("a cut path keeps within its columns and keeps its last name's end", () => {
  const paths = [
    "usr/share/locale/zh_CN/LC_MESSAGES/glibc-very-long-name.mo",
    "a/b/c/",
    "日本/語の/とても長い名前",
    "x".repeat(100),
  ];
  for (const path of paths) {
    for (let columns = 0; columns < 60; columns += 1) {
      const fitted = fitPath(path, columns);
      assert.ok(columnsOf(fitted) <= columns, `${fitted} at ${columns}`);
      if (columns >= 10) assert.equal(fitted.slice(-2), path.slice(-2));
    }
  }
});

test("padding counts columns, and never cuts", () => {
  assert.equal(padRight("日", 4), "日  ");
  assert.equal(padLeft("1 kB", 6), "  1 kB");
  assert.equal(padLeft("1.15 GB", 3), "1.15 GB");
});

test("shares never round to nothing or to all", () => {
  assert.equal(formatShare(0, 100), "0%");
  assert.equal(formatShare(0, 0), "0%");
  assert.equal(formatShare(1, 1_000_000), "<1%");
  assert.equal(formatShare(999_999, 1_000_000), ">99%");
  assert.equal(formatShare(335, 1000), "34%");
  assert.equal(formatShare(5, 5), "100%");
});

const plain: TextOptions = { columns: 80, color: false, unicode: true, top: 10 };

function checkBar(bytes: number, wastedBytes: number, expected: string, options = plain): void {
  const share = { bytes, wastedBytes, wholeBytes: 100 };
  assert.equal(bar(share, 10, options, paintFor(options)), expected);
}

test("a bar is solid for kept and light for wasted bytes, always of the same width", () => {
  checkBar(100, 0, "██████████");
  checkBar(50, 0, "█████     ");
  checkBar(50, 20, "███░░     ");
  checkBar(50, 50, "░░░░░     ");
  checkBar(55, 0, "█████▌    ");
  checkBar(0, 0, "          ");
  checkBar(50, 20, "###--     ", { ...plain, unicode: false });
});

test("the least byte leaves a sliver in the bar", () => checkBar(0.01, 0, "▏         "));

test("colour wraps the parts and leaves the width alone", () => {
  const colored = { ...plain, color: true };
  checkBar(50, 20, "\u001b[36m███\u001b[0m\u001b[33m░░\u001b[0m     ", colored);
});
