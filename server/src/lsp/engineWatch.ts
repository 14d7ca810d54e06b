import type { EngineAccess, Host, Stop } from "./host.ts";
import type { Session } from "./session.ts";

/** Listens to the engines that the settings allow. */
export interface EngineWatch {
  /** Takes over what the settings and trust allow now. */
  follow(): void;
  close(): void;
}

/** A watch that listens to nothing until `follow` is called. */
export function createEngineWatch(host: Host, session: Session, onChange: () => void): EngineWatch {
  const watches = new Map<string, Stop>();
  return {
    follow() {
      const wanted = new Map(
        allowedEngines(session).map((access) => [JSON.stringify(access), access]),
      );
      for (const [key, stop] of watches) {
        if (wanted.has(key)) continue;
        stop();
        watches.delete(key);
      }
      for (const [key, access] of wanted) {
        if (!watches.has(key)) watches.set(key, host.watchEngine(access, onChange));
      }
    },
    close() {
      watches.forEach((stop) => stop());
      watches.clear();
    },
  };
}

function allowedEngines({ isTrusted, settings }: Session): readonly EngineAccess[] {
  if (!isTrusted) return [];
  return [...settings.values()]
    .filter(({ engineEnabled }) => engineEnabled)
    .map(({ engineEndpoint }) => ({ isEnabled: true, endpoint: engineEndpoint }));
}
