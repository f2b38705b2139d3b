import { expect, test } from "vitest";
import { openPds } from "./support/pds.ts";
import { openLine } from "./support/line.ts";

test("an account that changed its handle keeps its row: what waited goes out under the new name, once", async () => {
  await using pds = await openPds();
  const account = await pds.createAccount("harbour.test");
  const yaml = (handle: string, wait: string) => (feedUrl: string) => `
defaults: { bluesky: { service: "${pds.url}" } }
feeds: [{ url: "${feedUrl}", every: 10 minutes, post_to: [{ bluesky: ${handle}, wait: ${wait}, spacing: 0 }] }]`;
  const env = { BLUESKY_APP_PASSWORD: account.password };
  await using line = await openLine({ yaml: yaml("harbour.test", "0"), destinations: [], env });
  const { site, clock } = line;
  site.list([{ slug: "ferry", title: "Ferry sails again", published: clock.now() }]);
  await line.later();
  expect(await pds.posts(account.did)).toHaveLength(1);

  await line.app().reload(yaml("harbour.test", "30 minutes")(site.feedUrl), env);
  site.list([{ slug: "pier", title: "The pier is painted", published: clock.now() }]);
  await line.later();
  await account.owner.com.atproto.identity.updateHandle({ handle: "pier.test" });
  await line.app().reload(yaml("pier.test", "30 minutes")(site.feedUrl), env);
  for (let i = 0; i < 4; i++) await line.later();
  expect(await pds.posts(account.did)).toHaveLength(2);
});
