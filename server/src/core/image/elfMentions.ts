import type { ElfMention } from "./elf.ts";
import type { ElfSection } from "./elfSections.ts";
import { type ElfSource, bytesOf } from "./elfView.ts";

/** Texts that a program carries when it, or what was linked into it, opens such a file by itself. */
const markers: readonly (readonly [ElfMention, readonly string[]])[] = [
  ["certificates", ["/etc/ssl/", "/etc/pki/", "ca-certificates.crt", "SSL_CERT_FILE"]],
  ["time-zones", ["/usr/share/zoneinfo", "/etc/localtime"]],
  ["users", ["/etc/passwd"]],
  ["resolver", ["/etc/resolv.conf", "/etc/nsswitch.conf"]],
  ["shell", ["/bin/sh", "/bin/bash", "/bin/dash"]],
  ["temporary-files", ["/tmp/", "/tmp\0"]],
];

/**
 * Which of the files that containers often lack a program names in its constants: where a name is not there the program itself does not open the file,
 * its shared libraries may. In the order of `ElfMention`. Undefined when the constants are too many to be read.
 */
export function readMentions(
  source: ElfSource,
  sections: readonly ElfSection[],
): readonly ElfMention[] | undefined {
  const constants = sections.filter(({ name }) => /^\.rodata|^\.data\.rel\.ro/.test(name));
  const parts = constants.length > 0 ? constants : [{ offset: 0, bytes: source.fileBytes }];
  const sum = parts.reduce((total, { bytes }) => total + bytes, 0);
  if (sum > Math.min(mostBytes, source.fileBytes)) return undefined;
  const found = new Set<ElfMention>();
  for (const { offset, bytes } of parts) {
    for (let at = 0; at < bytes; at += windowBytes) {
      const window = bytesOf(source, offset + at, Math.min(windowBytes + overlap, bytes - at));
      if (window === undefined) return undefined;
      for (const anchor of anchors) findAt(anchor, window, found);
    }
  }
  return markers.map(([mention]) => mention).filter((mention) => found.has(mention));
}

const windowBytes = 256 * 1024;
/** Longer than any marker. */
const overlap = 64;
/** Constants of the largest programs are a few tens of megabytes. */
const mostBytes = 64 * 2 ** 20;

/** Markers that hold the same seldom byte: hopping from one to the next is many times faster than looking at every byte. */
interface Anchor {
  readonly byte: number;
  readonly texts: readonly {
    readonly mention: ElfMention;
    readonly bytes: Uint8Array;
    /** Where in the text the byte first is. */
    readonly at: number;
  }[];
}

const anchors = ["/", "-", "_"].map((sign): Anchor => {
  const encoder = new TextEncoder();
  const texts = markers.flatMap(([mention, list]) => list.map((text) => ({ mention, text })));
  const own = texts.filter(({ text }) => /[-/_]/.exec(text)?.[0] === sign);
  return {
    byte: encoder.encode(sign)[0] ?? 0,
    texts: own.map(({ mention, text }) => ({
      mention,
      bytes: encoder.encode(text),
      at: text.indexOf(sign),
    })),
  };
});

function findAt({ byte, texts }: Anchor, window: Uint8Array, found: Set<ElfMention>): void {
  let open = texts.filter(({ mention }) => !found.has(mention));
  for (let hit = window.indexOf(byte); hit >= 0 && open.length > 0;) {
    const there = open.filter(({ bytes, at }) => isThere(window, hit - at, bytes));
    if (there.length > 0) {
      for (const { mention } of there) found.add(mention);
      open = open.filter(({ mention }) => !found.has(mention));
    }
    hit = window.indexOf(byte, hit + 1);
  }
}

function isThere(window: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at += 1) if (window[start + at] !== text[at]) return false;
  return true;
}
