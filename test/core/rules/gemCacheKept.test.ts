import { gemCacheKept } from "../../../server/src/core/rules/gemCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(gemCacheKept, {
  message: "Downloaded gems stay in this layer.",
  reported: [
    ["RUN gem install rails", "gem install"],
    ["RUN bundle install", "bundle install"],
  ],
  silent: [
    "RUN bundle install && rm -rf /usr/local/bundle/cache/*.gem",
    'RUN bundle install && rm -rf "${BUNDLE_PATH}"/ruby/*/cache',
    "RUN bundle exec rake",
    "RUN gem list",
  ],
  measured: [
    ["usr/local/bundle/cache/rails.gem 3MB", "3 MB of downloaded gems stay in this layer."],
    ["var/lib/gems/3.1.0/cache/rails.gem 3MB", "3 MB of downloaded gems stay in this layer."],
  ],
  fixes: [
    [
      "RUN gem install rails",
      'RUN gem install rails && rm -rf "$(gem env gemdir)"/cache/*',
      "Delete the downloaded gems in the same RUN",
    ],
  ],
});
