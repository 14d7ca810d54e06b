import type { ElfMention } from "./elf.ts";
import type { ElfSection } from "./elfSections.ts";
import { type ElfSource, bytesOf } from "./elfView.ts";

/** Texts that a program carries when it, or what was linked into it, opens such a file by itself. */
const markers: readonly (readonly [ElfMention, RegExp])[] = [
  ["certificates", /\/etc\/(?:ssl|pki)\/|ca-certificates\.crt|SSL_CERT_FILE/],
  ["time-zones", /\/usr\/share\/zoneinfo|\/etc\/localtime/],
  ["users", /\/etc\/passwd/],
  ["resolver", /\/etc\/(?:resolv\.conf|nsswitch\.conf)/],
  ["shell", /\/bin\/(?:ba|da)?sh/],
  ["temporary-files", /\/tmp(?:\/|\0)/],
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
  if (sum > mostBytes) return undefined;
  const found = new Set<ElfMention>();
  for (const { offset, bytes } of parts) {
    for (let at = 0; at < bytes; at += windowBytes) {
      const window = bytesOf(source, offset + at, Math.min(windowBytes + overlap, bytes - at));
      if (window === undefined) return undefined;
      const text = decoder.decode(window);
      for (const [mention, marker] of markers) {
        if (!found.has(mention) && marker.test(text)) found.add(mention);
      }
    }
  }
  return markers.map(([mention]) => mention).filter((mention) => found.has(mention));
}

const windowBytes = 256 * 1024;
/** Longer than any marker. */
const overlap = 64;
/** Constants of the largest programs are a few tens of megabytes. */
const mostBytes = 64 * 2 ** 20;

/** Every byte is a character. */
const decoder = new TextDecoder("latin1");
