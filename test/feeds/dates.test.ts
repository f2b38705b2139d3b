import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseDate } from "../../src/feeds/dates.ts";

test.each([
  ["Thu, 26 Dec 2024 09:30:00 +0000", "2024-12-26T09:30:00.000Z"],
  ["26 Dec 2024 09:30 GMT", "2024-12-26T09:30:00.000Z"],
  ["Thu,26 Dec 2024 09:30:00 PST", "2024-12-26T17:30:00.000Z"],
  ["Thu, 26 Dec 24 09:30:00 EDT", "2024-12-26T13:30:00.000Z"],
  ["Thursday, 26-Dec-24 09:30:00 GMT", "2024-12-26T09:30:00.000Z"],
  ["Mon, 26 Dec 2024 09:30:00 GMT", "2024-12-26T09:30:00.000Z"],
  ["Thu, 26 December 2024 09:30:00 CEST", "2024-12-26T07:30:00.000Z"],
  ["Thu, 26 Dec 2024 9:30 PM -0500", "2024-12-27T02:30:00.000Z"],
  ["Thu, 26 Dec 2024 24:00:00 GMT", "2024-12-27T00:00:00.000Z"],
  ["Thu, 26 Dec 2024 09:30:60 GMT", "2024-12-26T09:31:00.000Z"],
  ["Thu, 26 Dec 2024 09:30:00 GMT+2", "2024-12-26T07:30:00.000Z"],
  ["Thu, 26 Dec 2024 09:30:00 NOWHERE", "2024-12-26T09:30:00.000Z"],
  ["Do, 26 Dez 2024 09:30:00 +0100", "2024-12-26T08:30:00.000Z"],
  ["26 août 2024 09:30", "2024-08-26T09:30:00.000Z"],
  ["4 мая 2024 10:00:00 +0300", "2024-05-04T07:00:00.000Z"],
  ["Thu Dec 26 09:30:00 2024", "2024-12-26T09:30:00.000Z"],
  ["December 26, 2024 9:30 am", "2024-12-26T09:30:00.000Z"],
  ["26.12.2024 09:30", "2024-12-26T09:30:00.000Z"],
  ["2024-12-26T09:30:00Z", "2024-12-26T09:30:00.000Z"],
  ["2024-12-26T09:30:00.25+05:30", "2024-12-26T04:00:00.250Z"],
  ["2024-12-26 09:30:00", "2024-12-26T09:30:00.000Z"],
  ["2024-12-26", "2024-12-26T00:00:00.000Z"],
  ["2024-12", "2024-12-01T00:00:00.000Z"],
  ["20241226T093000Z", "2024-12-26T09:30:00.000Z"],
  ["1735205400", "2024-12-26T09:30:00.000Z"],
  ["1735205400000", "2024-12-26T09:30:00.000Z"],
])("%s is %s", (text, iso) => {
  expect(new Date(parseDate(text) ?? Number.NaN).toISOString()).toBe(iso);
});

test.each([
  "",
  "now",
  "yesterday at noon",
  "31 Feb 2024",
  "2024-13-01",
  "2024-12-26T25:00:00Z",
  "0001-01-01T00:00:00Z",
  "Thu, 01 Jan 1970 00:00:00 GMT",
  "0",
  "26 Foo 2024",
])("%j is no date", (text) => {
  expect(parseDate(text)).toBeNull();
});

const MINUTE = 60_000;

test("every moment is read alike as feeds usually write it and as they sometimes do, in any zone", () => {
  const seconds = fc.integer({ min: Date.UTC(1990, 0, 2) / 1000, max: Date.UTC(2099, 11, 30) / 1000 });
  fc.assert(
    fc.property(seconds, fc.integer({ min: -14 * 60, max: 14 * 60 }), (second, east) => {
      const time = second * 1000;
      const there = new Date(time + east * MINUTE);
      const two = (n: number) => String(Math.trunc(Math.abs(n))).padStart(2, "0");
      const [hours, minutes] = [`${east < 0 ? "-" : "+"}${two(east / 60)}`, two(east % 60)];
      const mail = there.toUTCString().replace("GMT", hours + minutes);
      const web = `${there.toISOString().slice(0, 19)}${hours}:${minutes}`;
      for (const text of [mail, mail.slice(5), web]) expect([text, parseDate(text)]).toEqual([text, time]);
      for (const text of [` ${mail}`, mail.toLowerCase(), web.replace("T", " ")])
        expect([text, parseDate(text)]).toEqual([text, time]);
    }),
  );
});
