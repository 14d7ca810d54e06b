import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { packagesOf } from "../../../../server/src/core/image/packages/packageTable.ts";
import { parseRpmHeader } from "../../../../server/src/core/image/packages/rpmHeader.ts";
import { readSqliteTable } from "../../../../server/src/core/image/packages/sqlite.ts";
import { packagedImage, tableText } from "./packagedImage.ts";

/** A real database with a table as rpm makes it, of these headers. */
function rpmDatabase(headers: readonly Uint8Array[], pageBytes = 4096): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "tare-rpm-"));
  try {
    const path = join(folder, "rpmdb.sqlite");
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA page_size = ${pageBytes}`);
    database.exec("CREATE TABLE Other (key TEXT, hnum INTEGER)");
    database.exec(
      "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)",
    );
    const insert = database.prepare("INSERT INTO Packages (blob) VALUES (?)");
    database.exec("BEGIN");
    for (const header of headers) insert.run(header);
    database.exec("COMMIT");
    database.close();
    return readFileSync(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Value = readonly string[] | readonly number[];

/** A header as rpm stores it: number of tags, length of the values, tags, values; all big-endian. */
function rpmHeader(tags: Readonly<Record<number, Value>>): Uint8Array {
  const values: Buffer[] = [];
  const index = Object.entries(tags).map(([tag, value]) => {
    const isText = value.every((each) => typeof each === "string");
    const offset = values.reduce((sum, each) => sum + each.length, 0);
    values.push(
      ...value.map((each) => {
        if (typeof each === "string") return Buffer.from(`${each}\0`);
        const number = Buffer.alloc(4);
        number.writeUInt32BE(each);
        return number;
      }),
    );
    const row = Buffer.alloc(16);
    [Number(tag), isText ? 8 : 4, offset, value.length].forEach((each, at) =>
      row.writeUInt32BE(each, at * 4),
    );
    return row;
  });
  const store = Buffer.concat(values);
  const start = Buffer.alloc(8);
  start.writeUInt32BE(index.length, 0);
  start.writeUInt32BE(store.length, 4);
  return Buffer.concat([start, ...index, store]);
}

const bash = rpmHeader({
  1000: ["bash"],
  1001: ["5.2.37"],
  1002: ["1.fc42"],
  1022: ["x86_64"],
  1116: [0, 0, 1],
  1117: ["bash", "sh", "bashrc"],
  1118: ["/usr/bin/", "/etc/"],
});

suite("rpm's book", () => {
  test("a header names the package, its version and its files", () =>
    assert.deepEqual(parseRpmHeader(bash), {
      manager: "rpm",
      name: "bash",
      version: "5.2.37-1.fc42",
      architecture: "x86_64",
      files: ["usr/bin/bash", "usr/bin/sh", "etc/bashrc"],
      directories: [],
      places: [],
    }));

  test("an epoch stands before the version", () =>
    assert.equal(
      parseRpmHeader(rpmHeader({ 1000: ["shadow"], 1001: ["4"], 1002: ["1"], 1003: [2] }))?.version,
      "2:4-1",
    ));

  test("a book that rpm 4.18 wrote is read to the last file", () => {
    const book = gunzipSync(readFileSync(join(import.meta.dirname, "rpmdb.sqlite.gz")));
    const packages = readSqliteTable(book, "Packages")!.map(([, header]) =>
      parseRpmHeader(header!),
    );
    assert.deepEqual(
      packages.map((each) => [each?.name, each?.version, each?.architecture, each?.files?.length]),
      [
        ["hello-data", "1:2.12-3", "noarch", 0],
        ["hello", "1:2.12-3", "noarch", 303],
      ],
    );
    assert.deepEqual(packages[1]?.files?.slice(0, 4), [
      "usr/bin/hello",
      "usr/share/hello",
      "usr/share/hello/many",
      "usr/share/hello/many/file-1.txt",
    ]);
  });

  test("bytes in the final file system go to packages", () => {
    const book = rpmDatabase([bash, rpmHeader({ 1000: ["gpg-pubkey"], 1001: ["1"], 1002: ["2"] })]);
    const layers = [
      {
        bin: { symlink: "usr/bin" },
        "usr/bin/bash": "1400000",
        "etc/bashrc": "3000",
        "usr/lib/sysimage/rpm/rpmdb.sqlite": { content: book },
        "usr/lib/sysimage/rpm/rpmdb.sqlite-wal": "0",
      },
    ];
    assert.equal(
      tableText(packagesOf(packagedImage(layers))),
      "rpm bash 5.2.37-1.fc42 1403000 B (2) 0:1403000\nrpm gpg-pubkey 1-2 0 B (0)",
    );
    const [layer] = layers;
    const withLog = [{ ...layer, "usr/lib/sysimage/rpm/rpmdb.sqlite-wal": "4152" }];
    assert.equal(
      tableText(packagesOf(packagedImage(withLog))),
      "unread usr/lib/sysimage/rpm/rpmdb.sqlite\nnot all is known",
    );
  });
});

suite("tables of a SQLite file", () => {
  const blobs = (rows: ReturnType<typeof readSqliteTable>): readonly (number | undefined)[] =>
    rows!.map(([, blob]) => blob?.length);

  test("rows come in order over many pages, whatever the page size", () => {
    const lengths = [1, 100, 400, 460, 470, 480, 490, 512, 3000, 4061, 4062, 5000, 70_000, 400_000];
    const headers = [...lengths, ...Array.from({ length: 900 }, (_, at) => at)].map((length, at) =>
      Buffer.alloc(length, at % 251),
    );
    for (const pageBytes of [512, 1024, 4096, 65_536]) {
      const rows = readSqliteTable(rpmDatabase(headers, pageBytes), "Packages");
      assert.deepEqual(
        blobs(rows),
        headers.map(({ length }) => length),
      );
      assert.ok(rows!.every(([, blob], at) => Buffer.compare(blob!, headers[at]!) === 0));
    }
  });

  test("an empty table has no rows, an absent one is unknown", () => {
    assert.deepEqual(readSqliteTable(rpmDatabase([]), "Packages"), []);
    assert.equal(readSqliteTable(rpmDatabase([]), "packages"), undefined);
    assert.equal(readSqliteTable(Buffer.from("SQLite format 3\0"), "Packages"), undefined);
  });

  test("damage never throws and never hangs", () => {
    const whole = rpmDatabase(
      Array.from({ length: 40 }, () => bash),
      512,
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = Buffer.from(whole);
          for (const [at, byte] of changes) bytes[at] = byte;
          for (const [, header] of readSqliteTable(bytes, "Packages") ?? []) {
            if (header !== undefined) parseRpmHeader(header);
          }
          readSqliteTable(bytes.subarray(0, length), "Packages");
        },
      ),
      { numRuns: 300 },
    );
  });
});
