import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { threadEntry } from "../../server/src/io/threadEntry.ts";

test("each sort of thread starts with a file of its own", () => {
  for (const sort of ["layerWorker", "archiveWorker"] as const) {
    const entry = threadEntry(sort);
    assert.ok(entry.pathname.endsWith(`/${sort}Entry.ts`));
    assert.ok(existsSync(entry));
  }
});
