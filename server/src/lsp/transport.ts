/** Words of vscode-languageclient that say how the client and the server talk, or which process the client is. */
const switches = ["--stdio", "--node-ipc"];
const valued: Readonly<Record<string, RegExp>> = {
  "--socket": /^\d+$/,
  "--pipe": /./s,
  "--clientProcessId": /^\d+$/,
};

/** A command line of the server (without node, script and `lsp`), understood. */
export type TransportWords =
  /** The words to serve with: LSP over standard input and output unless told otherwise. */
  | { readonly kind: "serve"; readonly words: readonly string[] }
  /** One sentence that says what to do. */
  | { readonly kind: "refuse"; readonly sentence: string };

/** Reads the words behind `lsp`; values stand behind `=` or in the next word. */
export function readTransport(words: readonly string[]): TransportWords {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (switches.includes(word)) continue;
    const [name, inline] = splitOnce(word);
    const pattern = valued[name];
    if (pattern === undefined) return refuse(`\`lsp\` knows no ${JSON.stringify(word)}`);
    if (inline === undefined) at += 1;
    if (!pattern.test(inline ?? words[at] ?? "")) return refuse(`${name} needs a value`);
  }
  const isTold = words.some(
    (word) => !word.startsWith("--clientProcessId") && word.startsWith("--"),
  );
  return { kind: "serve", words: isTold ? words : [...words, "--stdio"] };
}

function refuse(what: string): TransportWords {
  return { kind: "refuse", sentence: `${what}: start the server with \`tare lsp --stdio\`.` };
}

/** Without a second part where there is no `=`. */
function splitOnce(word: string): readonly [string, string?] {
  const at = word.indexOf("=");
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}
