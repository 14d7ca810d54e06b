import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import type { ProtocolConnection } from "vscode-languageserver/node";
import {
  createConnection,
  createProtocolConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { startServer } from "../../server/src/lsp/server.ts";
import { methods } from "../../server/src/protocol.ts";
import { fakeHost } from "../support/fakeHost.ts";
import { lspPair } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";
const place = { textDocument: { uri }, position: { line: 0, character: 0 } };
const hello = { processId: null, rootUri: null, capabilities: {} };

const codes = { notInitialized: -32002, invalidRequest: -32600, unknown: -32601, params: -32602 };

/** A client of a server to which nothing has been said. */
function strangers(): ProtocolConnection {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  startServer(
    createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient)),
    fakeHost(),
  );
  const client = createProtocolConnection(
    new StreamMessageReader(toClient),
    new StreamMessageWriter(toServer),
  );
  client.listen();
  return client;
}

/** Code of the error that answers a request; undefined where there is an answer. */
async function codeOf(
  client: ProtocolConnection,
  method: string,
  params?: unknown,
): Promise<number | undefined> {
  const answer: unknown = await client.sendRequest(method, params).catch((error: unknown) => error);
  return answer instanceof ResponseError ? answer.code : undefined;
}

test("nothing is answered before initialize, which comes once, and nothing after shutdown", async () => {
  const client = strangers();
  const asked = [
    ["textDocument/hover", place],
    [methods.scratch, { uri }],
    ["nobody/knows", {}],
    ["shutdown", undefined],
  ] as const;
  for (const [method, params] of asked) {
    assert.equal(await codeOf(client, method, params), codes.notInitialized, method);
  }
  assert.equal(await codeOf(client, "initialize", hello), undefined);
  assert.equal(await codeOf(client, "initialize", hello), codes.invalidRequest);
  assert.equal(await codeOf(client, "textDocument/hover", place), undefined);
  assert.equal(await codeOf(client, "nobody/knows", {}), codes.unknown);
  assert.equal(await codeOf(client, "shutdown"), undefined);
  for (const [method, params] of asked) {
    assert.equal(await codeOf(client, method, params), codes.invalidRequest, method);
  }
  client.dispose();
});

const lspRequests = [
  "textDocument/hover",
  "textDocument/completion",
  "textDocument/inlayHint",
  "textDocument/codeLens",
  "textDocument/codeAction",
];
const ownRequests = [
  methods.tree,
  methods.reveal,
  methods.scratch,
  methods.rewrite,
  methods.buildCompare,
  methods.measureStart,
  methods.buildHistory,
  methods.compareBuilds,
  methods.forgetHistory,
  methods.listImages,
  methods.chooseImage,
  methods.refresh,
  methods.treemap,
  methods.treemapSearch,
  methods.findFile,
  methods.findFileBelow,
  methods.findFileInImage,
  methods.searchFiles,
  methods.readFile,
  methods.binary,
];

test("params that are not those of a request are said to be wrong, and are no mistake of ours", async () => {
  const pair = await lspPair({ settings: {}, host: fakeHost() });
  const wrong = [
    {},
    [],
    { textDocument: null },
    { textDocument: { uri: 1 }, uri: 1, target: null },
  ];
  for (const method of [...lspRequests, ...ownRequests]) {
    for (const params of wrong) {
      const said = `${method} ${JSON.stringify(params)}`;
      assert.equal(await codeOf(pair.client, method, params), codes.params, said);
    }
  }
  const { textDocument } = place;
  const half = { textDocument, position: { line: "0" }, range: { start: place.position } };
  for (const method of lspRequests.filter((one) => !one.endsWith("codeLens"))) {
    assert.equal(await codeOf(pair.client, method, half), codes.params, method);
  }
  assert.deepEqual(pair.logs, []);
  await pair.close();
});

test("what may be left out may be left out", async () => {
  const pair = await lspPair({ settings: {}, host: fakeHost() });
  const asked = [
    [methods.tree, { uri }],
    [methods.reveal, { uri }],
    [methods.compareBuilds, { uri }],
    [methods.chooseImage, { uri, reference: null }],
    [methods.findFile, { uri, path: "a" }],
    [methods.treemap, { target: { uri }, limit: 10 }],
  ] as const;
  for (const [method, params] of asked) {
    assert.equal(await codeOf(pair.client, method, params), undefined, method);
  }
  assert.deepEqual(pair.logs, []);
  await pair.close();
});
