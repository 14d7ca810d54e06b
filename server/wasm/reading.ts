import { Layer } from "./layerNodes";

/** What is read, field by field as core/image/entryArena.ts lays it out, and the entry that is looked at. */
@unmanaged
export class Reading {
  /** Sum of the contents of all entries so far. */
  contentBytes: f64;
  entries: Layer;
  whiteouts: Layer;
  /** Room for a path that stands in two fields. */
  joined: usize;
  /** For `mayBeKept`. */
  kept: usize;
  /** The place in the tar of address 0. */
  origin: f64;
  /** Contents up to this length are hashed. */
  hashedBytes: f64;
  /** Where what lies in memory ends. */
  end: usize;
  /** Path of the entry, without the slashes it ends with, and where its last part begins. */
  path: usize;
  pathEnd: usize;
  name: usize;
  /** Whether there were slashes. */
  hasSlash: bool;
  /** What a PAX header says instead of the fields for path and link target; no bytes where it says nothing. */
  paxPath: usize;
  paxPathEnd: usize;
  paxTarget: usize;
  paxTargetEnd: usize;
}
