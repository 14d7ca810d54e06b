import assert from "node:assert/strict";
import { test } from "node:test";
import { attackSurfaceOf } from "../../../server/src/core/image/attackSurface.ts";
import { pathOf } from "../../../server/src/core/image/fileTree.ts";
import {
  attackSurfaceChanges,
  attackSurfaceFacts,
} from "../../../server/src/core/views/attackSurface.ts";
import { anImage } from "../../support/imageBuilder.ts";

const program = (mode = 0o755) => ({ size: "1kB", mode });

const image = anImage()
  .layer({
    "bin/dash": program(),
    "bin/sh": { symlink: "dash" },
    "bin/busybox": program(),
    "usr/bin/perl": program(),
    "usr/bin/perl5.36.0": { hardlink: "usr/bin/perl" },
    "usr/bin/python3.12": program(),
    "usr/bin/apt": program(),
    "usr/bin/apt-get": program(),
    "usr/bin/su": program(0o4755),
    "usr/bin/wall": program(0o2755),
    "var/locked": program(0o2644),
    "usr/share/doc/bash": "1kB",
    "app/server": program(0o500),
    "bin/zsh": program(),
  })
  .layer({ "bin/.wh.zsh": "0" })
  .read();

test("programs are told by name, files by mode, hard links once, what is deleted not at all", () => {
  assert.deepEqual(attackSurfaceOf(image.finalTree), {
    shells: ["busybox", "dash"],
    packageManagers: ["apt"],
    interpreters: ["perl", "python"],
    setIdCount: 2,
    executableCount: 9,
  });
});

test("of a part that stays only that part is counted, and the change is told", () => {
  const { finalTree } = image;
  const after = attackSurfaceOf(finalTree, (node) => pathOf(finalTree, node).startsWith("app/"));
  assert.equal(after.executableCount, 1);
  assert.deepEqual(attackSurfaceChanges(attackSurfaceOf(finalTree), after), [
    "shells 2 → 0",
    "package managers 1 → 0",
    "interpreters 2 → 0",
    "setuid or setgid files 2 → 0",
    "executables 9 → 1",
  ]);
  assert.deepEqual(attackSurfaceChanges(after, after), []);
});

test("the hover has it in one line, and nothing where no file may be executed", () => {
  assert.deepEqual(attackSurfaceFacts(attackSurfaceOf(image.finalTree)), [
    {
      label: "To be found inside",
      value:
        "2 shells (busybox, dash) · 1 package manager (apt) · 2 interpreters (perl, python) · 2 setuid or setgid files · 9 executables",
    },
  ]);
  const { finalTree } = anImage().layer("a 1MB").read();
  assert.deepEqual(attackSurfaceFacts(attackSurfaceOf(finalTree)), []);
});
