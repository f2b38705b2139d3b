import type { Article, Image, Summary } from "../domain/types.ts";

/** What composers read of an article; an admin's edited title goes before the publisher's. */
export function summaryOf(article: Article, image: Image | null, editedTitle: string | null): Summary {
  return {
    title: editedTitle ?? article.title,
    url: article.url,
    keyPoints: article.keyPoints.points,
    description: article.description,
    firstSentences: article.firstSentences,
    language: article.language,
    image,
    author: article.author,
    categories: article.categories,
    siteName: article.siteName,
    siteUrl: article.siteUrl,
    siteIconUrl: article.siteIconUrl,
    published: article.published,
  };
}
