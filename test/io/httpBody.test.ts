import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createHttpBody } from "../../server/src/io/httpBody.ts";

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\n";
const chunkedHead = `${head}Transfer-Encoding: chunked\r\n\r\n`;

/** What becomes of an answer that comes in pieces of that length. */
function read(
  answer: string,
  pieceLength = 7,
): { readonly body: string; readonly outcome: string; readonly mayEnd: boolean } {
  let text = "";
  const body = createHttpBody((piece) => {
    text += Buffer.from(piece).toString("latin1");
  });
  let outcome = "goes on";
  const bytes = Buffer.from(answer, "latin1");
  for (let at = 0; at < bytes.length && outcome === "goes on"; at += pieceLength) {
    outcome = body.push(bytes.subarray(at, at + pieceLength));
  }
  return { body: text, outcome, mayEnd: body.mayEnd() };
}

test("a body in chunks is put together, however its bytes come", () =>
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 40 })),
      fc.integer({ min: 1, max: 50 }),
      (chunks, pieceLength) => {
        const coded = chunks
          .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
          .join("");
        const expected = { body: chunks.join(""), outcome: "ended", mayEnd: false };
        assert.deepEqual(read(`${chunkedHead}${coded}0\r\n\r\n`, pieceLength), expected);
      },
    ),
  ));

test("chunks may have extensions, and trailers may follow", () => {
  const answer = `${chunkedHead}3;name=value\r\nabc\r\n0;last\r\nChecked: yes\r\n\r\n`;
  assert.deepEqual(read(answer), { body: "abc", outcome: "ended", mayEnd: false });
});

test("a body of stated length ends there", () => {
  const known = read(`${head}Content-Length: 5\r\n\r\nabcdefgh`);
  assert.deepEqual(known, { body: "abcde", outcome: "ended", mayEnd: false });
  assert.equal(read(`${head}Content-Length: 0\r\n\r\n`).outcome, "ended");
  assert.equal(read(`${head}Content-Length: 5\r\n\r\nabc`).outcome, "goes on");
});

test("a body of unknown length ends with the connection, a chunked one does not", () => {
  assert.deepEqual(read(`${head}\r\nabc`), { body: "abc", outcome: "goes on", mayEnd: true });
  assert.equal(read(`${chunkedHead}3\r\nabc\r\n`).mayEnd, false);
});

test("what is no answer with a body is refused before anything is handed out", () => {
  for (const answer of [
    "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
    `${head}Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n`,
    "SSH-2.0-OpenSSH_9.2\r\n\r\n",
    `HTTP/1.1 200 OK\r\nLong: ${"x".repeat(20_000)}\r\n\r\nabc`,
  ]) {
    assert.deepEqual(read(answer), { body: "", outcome: "refused", mayEnd: false });
  }
});

test("chunks that are none are told apart", () => {
  for (const coded of [
    "xyz\r\nabc\r\n",
    "-3\r\nabc\r\n",
    "3\r\nabcdef\r\n",
    "\r\n",
    "f".repeat(20_000),
  ]) {
    assert.equal(read(`${chunkedHead}${coded}`).outcome, "broken");
  }
});
