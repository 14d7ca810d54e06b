import assert from "node:assert/strict";
import { test } from "node:test";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { IgnoreTarget } from "../../server/src/lsp/ignoreFiles.ts";
import type { DocumentView } from "../../server/src/lsp/documents.ts";
import { workspaceEdit } from "../../server/src/lsp/features/workspaceEdit.ts";
import { defaultSettings } from "../../server/src/lsp/settings.ts";
import { startSession } from "../../server/src/lsp/session.ts";
import { textAnalysisOf } from "../support/analysisOf.ts";
import { fullCapabilities } from "../support/lspPair.ts";

const uri = "file:///work/Dockerfile";
const ignoreUri = "file:///work/.dockerignore";
const text = "FROM x\nCOPY . .\n";

const viewWith = (ignoreTarget: IgnoreTarget | undefined): DocumentView => ({
  document: TextDocument.create(uri, "dockerfile", 7, text),
  analysis: textAnalysisOf(text),
  context: { state: "looking" },
  settings: defaultSettings,
  imageRequest: undefined,
  beside: () => ({}),
  historyVersion: undefined,
  ignoreTarget,
});

const featuresOf = (capabilities: typeof fullCapabilities) =>
  startSession({ processId: null, rootUri: null, capabilities }, undefined).features;
const full = featuresOf(fullCapabilities);
const plain = featuresOf({});
const withoutCreation = featuresOf({ workspace: { workspaceEdit: { documentChanges: true } } });

const at = (line: number, character: number) => ({
  start: { line, character },
  end: { line, character },
});

test("a .dockerignore that is there is extended at its end, for the version that is open", () =>
  assert.deepEqual(
    workspaceEdit(
      viewWith({ uri: ignoreUri, text: "dist\n", version: 3 }),
      { edits: [], dockerignore: "dist\n.git\n" },
      full,
    ),
    {
      documentChanges: [
        {
          textDocument: { uri: ignoreUri, version: 3 },
          edits: [{ range: at(1, 0), newText: ".git\n" }],
        },
      ],
    },
  ));

test("one that is not there is made, and never over another", () =>
  assert.deepEqual(
    workspaceEdit(
      viewWith({ uri: ignoreUri, text: undefined, version: null }),
      { edits: [{ span: { start: 7, end: 11 }, newText: "ADD" }], dockerignore: ".git\n" },
      full,
    ),
    {
      documentChanges: [
        {
          textDocument: { uri, version: 7 },
          edits: [
            {
              range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } },
              newText: "ADD",
            },
          ],
        },
        { kind: "create", uri: ignoreUri, options: { ignoreIfExists: true } },
        {
          textDocument: { uri: ignoreUri, version: null },
          edits: [{ range: at(0, 0), newText: ".git\n" }],
        },
      ],
    },
  ));

test("what changes in its middle is written as a whole", () =>
  assert.deepEqual(
    workspaceEdit(
      viewWith({ uri: ignoreUri, text: "!a\n", version: null }),
      { edits: [], dockerignore: "b\n!a\n" },
      plain,
    ),
    {
      changes: {
        [ignoreUri]: [
          {
            range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } },
            newText: "b\n!a\n",
          },
        ],
      },
    },
  ));

test("nothing is offered where it is not known which one, or the client cannot make it", () => {
  const change = { edits: [], dockerignore: ".git\n" };
  const missing = viewWith({ uri: ignoreUri, text: undefined, version: null });
  assert.equal(workspaceEdit(viewWith(undefined), change, full), undefined);
  assert.equal(workspaceEdit(missing, change, plain), undefined);
  assert.equal(workspaceEdit(missing, change, withoutCreation), undefined);
});
