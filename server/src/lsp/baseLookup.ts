import type { BaseFindings, BaseKnowledge, Dockerfile, HeldBase } from "../core/analysis.ts";
import {
  baseContentsOf,
  describeImageError,
  heldImageId,
  localSizes,
  parsePlatform,
  registrySizes,
  wantedBases,
} from "../core/analysis.ts";
import type { ListedImage } from "../io/engineImages.ts";
import type { Host, ImagePlace } from "./host.ts";
import { placeFor } from "./imageBinding.ts";
import type { Session } from "./session.ts";
import { settingsFor } from "./session.ts";
import type { Shield } from "./shield.ts";

/** What engine and registries know of the images that open Dockerfiles start from. */
export interface BaseLookup {
  /** Asks in the background, where that is allowed; what was asked for once is not asked again until the engine's images change. */
  look(uri: string, dockerfile: Dockerfile): void;
  /** The same object until something changes; without any answer it still knows the table. */
  knowledge(uri: string): Omit<BaseKnowledge, "built">;
  forget(uri: string): void;
  /** The engine's images are others: the next look asks it again. */
  invalidate(): void;
}

/** What it needs. `onChange` is told for whose bases something else is known. */
export interface BaseLookupOptions {
  readonly host: Host;
  readonly shield: Shield;
  readonly session: Session;
  readonly onChange: (uri: string) => void;
}

type Knowledge = Omit<BaseKnowledge, "built">;
type Wanted = ReturnType<typeof wantedBases>[number];

/** All that was found for one document. */
interface Found {
  readonly findings: ReadonlyMap<string, BaseFindings>;
  readonly held: ReadonlyMap<string, HeldBase>;
}

interface Entry {
  knowledge: Knowledge;
  /** What the knowledge was made of, as JSON. */
  madeOf: string;
  search: AbortController;
}

/** What the engine holds under one name. */
interface Held {
  readonly findings: BaseFindings;
  readonly base: HeldBase;
}

/** Names asked for at most: a file with hundreds of stages must not keep an engine busy. */
const mostNames = 60;

/** Nothing asked yet. */
export function createBaseLookup(options: BaseLookupOptions): BaseLookup {
  const entries = new Map<string, Entry>();
  const engine = createEngineMemory(options.host);
  const entryOf = (uri: string): Entry => {
    const known = entries.get(uri);
    if (known !== undefined) return known;
    const found: Found = { findings: new Map(), held: new Map() };
    const entry: Entry = {
      knowledge: knowledgeOf(options, uri, found),
      madeOf: madeOf(options, uri, found),
      search: new AbortController(),
    };
    entries.set(uri, entry);
    return entry;
  };
  const settle = (uri: string, found: Found): void => {
    const entry = entryOf(uri);
    const text = madeOf(options, uri, found);
    if (text === entry.madeOf) return;
    entry.madeOf = text;
    entry.knowledge = knowledgeOf(options, uri, found);
    options.onChange(uri);
  };
  return {
    look(uri, dockerfile) {
      const entry = entryOf(uri);
      entry.search.abort();
      entry.search = new AbortController();
      const { signal } = entry.search;
      const wanted = wantedBases(dockerfile, platformsFor(options, uri)).slice(0, mostNames);
      options.shield.inBackground(() =>
        search(options, engine, { uri, wanted, signal }, (found) => {
          if (!signal.aborted) settle(uri, found);
        }),
      );
    },
    knowledge: (uri) => entryOf(uri).knowledge,
    forget(uri) {
      entries.get(uri)?.search.abort();
      entries.delete(uri);
    },
    invalidate: () => engine.clear(),
  };
}

function platformsFor({ session, host }: BaseLookupOptions, uri: string) {
  const { platform } = settingsFor(session, uri);
  const target = platform === undefined ? undefined : parsePlatform(platform);
  return { target: target ?? host.platform, build: host.platform };
}

function isRegistryOn({ session }: BaseLookupOptions, uri: string): boolean {
  return session.isTrusted && settingsFor(session, uri).registryEnabled;
}

function knowledgeOf(
  options: BaseLookupOptions,
  uri: string,
  { findings, held }: Found,
): Knowledge {
  return {
    world: {
      platforms: platformsFor(options, uri),
      findingsOf: (name) => findings.get(name),
      isRegistryOn: isRegistryOn(options, uri),
    },
    heldOf: (name) => held.get(name),
  };
}

function madeOf(options: BaseLookupOptions, uri: string, { findings, held }: Found): string {
  const around = [platformsFor(options, uri), isRegistryOn(options, uri)];
  return JSON.stringify([around, [...findings], [...held]]);
}

/** One look for one document. */
interface Search {
  readonly uri: string;
  readonly wanted: readonly Wanted[];
  readonly signal: AbortSignal;
}

/** The engine's answers together, then each registry's as it comes. Without trust, and before the settings are known, nothing is asked. */
async function search(
  options: BaseLookupOptions,
  engine: EngineMemory,
  { uri, wanted, signal }: Search,
  onFound: (found: Found) => void,
): Promise<void> {
  const { session, host } = options;
  const findings = new Map<string, BaseFindings>();
  const held = new Map<string, HeldBase>();
  const found = (): Found => ({ findings: new Map(findings), held: new Map(held) });
  if (!session.isTrusted || !session.areSettingsKnown) return onFound(found());
  const place = placeFor(session, uri, undefined);
  for (const { name } of place.engine.isEnabled ? wanted : []) {
    const one = await engine.find(name, place, signal);
    if (signal.aborted) return;
    if (one === undefined) continue;
    findings.set(name, one.findings);
    held.set(name, one.base);
  }
  onFound(found());
  if (!isRegistryOn(options, uri)) return;
  await Promise.all(
    wanted.map(async ({ name, platform }) => {
      const answer = await host.lookUpInRegistry(name, platform, signal);
      if (signal.aborted) return;
      findings.set(name, {
        ...findings.get(name),
        ...(answer.ok
          ? { registry: registrySizes(answer.value) }
          : { registryTrouble: describeImageError(answer.error) }),
      });
      onFound(found());
    }),
  );
}

/** What engines hold, remembered until it is cleared. */
interface EngineMemory {
  find(name: string, place: ImagePlace, signal: AbortSignal): Promise<Held | undefined>;
  clear(): void;
}

function createEngineMemory(host: Host): EngineMemory {
  const lists = new Map<string, readonly ListedImage[]>();
  const known = new Map<string, Held | undefined>();
  const list = async (place: ImagePlace, signal: AbortSignal) => {
    const key = JSON.stringify(place.engine);
    const remembered = lists.get(key);
    if (remembered !== undefined) return remembered;
    const listed = await host.listEngineImages(place.engine, signal);
    if (!listed.ok) return undefined;
    lists.set(key, listed.value);
    return listed.value;
  };
  return {
    async find(name, place, signal) {
      const key = JSON.stringify([place.engine, place.platform, name]);
      if (known.has(key)) return known.get(key);
      const listed = await list(place, signal);
      if (listed === undefined) return undefined;
      // A list of tags says nothing of a name with a digest: the engine is asked for just that name.
      const reference = name.includes("@sha256:") ? name : heldImageId(name, listed);
      const held =
        reference === undefined ? undefined : await describe(host, { ...place, reference }, signal);
      if (!signal.aborted) known.set(key, held);
      return held;
    },
    clear() {
      lists.clear();
      known.clear();
    },
  };
}

async function describe(
  host: Host,
  request: Parameters<Host["describeImage"]>[0],
  signal: AbortSignal,
): Promise<Held | undefined> {
  const described = await host.describeImage(request, signal);
  if (!described.ok) return undefined;
  const { config } = described.value;
  const read = await host.readIndexed(request, signal);
  const contents =
    read &&
    baseContentsOf(
      read,
      read.layers.map(({ index }) => index),
    );
  return {
    findings: { engine: localSizes(described.value, read) },
    base: {
      platform: config.platform,
      diffIds: described.value.layers.map(({ diffId }) => diffId),
      hasTriggers: config.settings.onBuild.length > 0,
      ...(contents === undefined ? {} : { contents }),
    },
  };
}
