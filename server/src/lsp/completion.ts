import { completionTriggers, directiveCompletion } from "./features/directiveCompletion.ts";
import { placeFor } from "./imageBinding.ts";
import type { Server } from "./serverParts.ts";
import { atPosition } from "./shapes.ts";

/** What clients are told of it. */
export const completionProvider = { triggerCharacters: [...completionTriggers] };

/** Answers what can be written at a place: of `# tare:` comments only, other servers know the rest of a Dockerfile. */
export function answerCompletions(server: Server): void {
  const { connection, requests, documents } = server;
  connection.onCompletion(
    requests.answering(atPosition, [], ({ textDocument, position }) => {
      const view = documents.view(textDocument.uri);
      if (view === undefined) return [];
      return directiveCompletion(view, position, knownImages(server, textDocument.uri));
    }),
  );
}

/** References of the engine's images as far as they were listed; none before the workspace is trusted and the settings allow to ask. */
function knownImages({ session, catalog }: Server, uri: string): readonly string[] {
  if (!session.isTrusted || !session.areSettingsKnown) return [];
  return catalog.known(placeFor(session, uri, undefined));
}
