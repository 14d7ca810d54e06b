import { cacheRule } from "./managers/cacheRule.ts";
import { hasOption, isCall } from "./managers/toolCall.ts";
import type { Rule } from "./rule.ts";

/** Documentation that `gem install` makes of each gem. Needs a built image: Ruby's own images switch it off in a `gemrc`. */
export const gemDocsShipped: Rule = cacheRule(
  { code: "gem-docs-shipped", title: "Documentation of gems is shipped" },
  [
    {
      content: "documentation of gems",
      tools: ["gem"],
      folders: () => [
        "/usr/local/bundle/doc",
        "/usr/local/lib/ruby/gems/*/doc",
        "/usr/lib/ruby/gems/*/doc",
        "/var/lib/gems/*/doc",
        "~/.gem/ruby/*/doc",
        "~/.local/share/gem/ruby/*/doc",
      ],
      isFilledBy: (call) =>
        isCall(call, "gem", "install|i|update") &&
        !hasOption(call, "--no-document", "-N", "--no-doc", "--no-rdoc"),
      isEmptiedBy: () => false,
      isCertain: () => false,
      option: { text: "--no-document", verbCount: () => 1, applies: () => true },
      cleaningTitle: "Delete the documentation of gems in the same RUN",
      // Measured folders are deleted by name.
      cleaning: () => ({ command: 'rm -rf "$(gem env gemdir)"/doc', folders: [] }),
      isSafe: true,
      needs: () => false,
      renews: () => false,
    },
  ],
);
