import { areEqual } from "./bytes";
import { slash } from "./layerNodes";

const dot: u8 = 0x2e;

/** Whether the file with the path [path … end) may be one whose content is kept, by `keptFilter` of core/image/keptPaths.ts: of more it is said than are. */
export function mayBeKept(filter: usize, path: usize, end: usize): bool {
  let start = path;
  while (start < end && isLead(start, end)) start++;
  const last = <usize>load<u8>(end - 1);
  let rule = <usize>load<u16>(filter + (last << 1));
  while (rule !== 0) {
    const prefixLength = <usize>load<u8>(filter + rule, 2);
    const suffixLength = <usize>load<u8>(filter + rule, 3);
    const prefix = filter + rule + 4;
    const isLongEnough = start + prefixLength + suffixLength <= end;
    if (
      isLongEnough &&
      areEqual(prefix, start, prefixLength) &&
      areEqual(prefix + prefixLength, end - suffixLength, suffixLength)
    ) {
      return true;
    }
    rule = load<u16>(filter + rule);
  }
  return false;
}

/** Whether the byte belongs to the `/` or `./` that a path begins with. */
function isLead(at: usize, end: usize): bool {
  const byte = load<u8>(at);
  return byte === slash || (byte === dot && at + 1 < end && load<u8>(at, 1) === slash);
}
