import type { FoundPackage } from "./package.ts";

/** rpmtag.h */
const tag = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  architecture: 1022,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
} as const;

/** A package out of its header as rpm's book stores it, without the magic of a header in a file; undefined when it has no name. LSB, Package File Format § Header Structure. */
export function parseRpmHeader(bytes: Uint8Array): FoundPackage | undefined {
  const header = openHeader(bytes);
  const [name] = header === undefined ? [] : stringsOf(header, tag.name);
  if (header === undefined || name === undefined) return undefined;
  const [architecture] = stringsOf(header, tag.architecture);
  return {
    manager: "rpm",
    name,
    version: versionOf(header),
    architecture,
    files: filesOf(header),
    directories: [],
    places: [],
  };
}

interface Header {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  /** Where the values start. */
  readonly store: number;
  /** By tag: offset in the store and number of values. */
  readonly entries: ReadonlyMap<number, { readonly offset: number; readonly count: number }>;
}

function openHeader(bytes: Uint8Array): Header | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entryCount = view.getUint32(0);
  const store = 8 + entryCount * 16;
  if (store + view.getUint32(4) > bytes.length) return undefined;
  const entries = new Map<number, { readonly offset: number; readonly count: number }>();
  for (let at = 8; at < store; at += 16) {
    const offset = view.getInt32(at + 8);
    if (offset >= 0) entries.set(view.getInt32(at), { offset, count: view.getUint32(at + 12) });
  }
  return { view, bytes, store, entries };
}

function filesOf(header: Header): readonly string[] {
  const directories = stringsOf(header, tag.directoryNames);
  const indexes = numbersOf(header, tag.directoryIndexes);
  return stringsOf(header, tag.baseNames).flatMap((name, at) => {
    const directory = directories[indexes[at] ?? -1];
    return directory === undefined ? [] : [`${directory}${name}`.replace(/^\/+/, "")];
  });
}

/** `epoch:version-release`, without the epoch where there is none. */
function versionOf(header: Header): string | undefined {
  const [version] = stringsOf(header, tag.version);
  const [release] = stringsOf(header, tag.release);
  const [epoch] = numbersOf(header, tag.epoch);
  if (version === undefined) return undefined;
  return `${epoch === undefined ? "" : `${epoch}:`}${version}${release === undefined ? "" : `-${release}`}`;
}

const decoder = new TextDecoder("utf-8");

function stringsOf({ bytes, store, entries }: Header, name: number): readonly string[] {
  const entry = entries.get(name);
  const texts: string[] = [];
  let at = store + (entry?.offset ?? 0);
  while (texts.length < (entry?.count ?? 0) && at < bytes.length) {
    const end = bytes.indexOf(0, at);
    const stop = end < 0 ? bytes.length : end;
    texts.push(decoder.decode(bytes.subarray(at, stop)));
    at = stop + 1;
  }
  return texts;
}

function numbersOf({ view, bytes, store, entries }: Header, name: number): readonly number[] {
  const entry = entries.get(name);
  const start = store + (entry?.offset ?? 0);
  const count = Math.min(entry?.count ?? 0, Math.floor(Math.max(bytes.length - start, 0) / 4));
  return Array.from({ length: count }, (_, at) => view.getUint32(start + at * 4));
}
