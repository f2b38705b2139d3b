/** What themes set beside a headline, one line each: who wrote it, when, how long it takes to read, under which tags. */
const METADATA: readonly RegExp[] = [
  /^(?:first )?(?:published|updated|posted|last (?:updated|modified)|created|start date|veröffentlicht|aktualisiert|stand|erschienen|erscheinungsdatum|datum|date|publié|mis à jour|publicado|actualizado|fecha|atualizado|pubblicato|aggiornato|gepubliceerd|bijgewerkt|publicerad|uppdaterad|publisert|oppdatert|publiceret|opublikowano|aktualizacja|опубликовано|обновлено)(?!\p{L}).{0,12}\d.{0,30}$/iu,
  /^\d{1,3} ?(?:min|mins|minutes?|minuten?|minutos?|minuti|minuter|минут\p{L}*)\.?(?: (?:read|reading time|lesezeit|de lecture|de lectura|de leitura|di lettura|leestijd|lästid|lesetid|чтения))?$/iu,
  /^(?:thread starter|author|autor|autora|auteur|autore|auteur|schrijver|tags?|topics?|keywords?|schlagworte|stichwörter|mots[- ]clés|etiquetas|categor(?:y|ies|ía|ias)|kategorien?|catégories?|filed under|source|quelle|fuente|fonte|photo|foto)\b(?: ?[:：]|(?<=starter) ).{0,120}$/iu,
  /^\d{0,5} ?(?:comments?|replies|views|shares|likes|kommentare?|commentaires?|comentarios?|commenti)$/iu,
  /^no comments?(?: yet)?$/iu,
  /^(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]i|[Dd]oor|[Aa]v|[Aa]f|[Ww]ritten by|[Pp]osted by|[Rr]eviewed by|[Tt]ext):?(?: (?:\p{Lu}[\p{L}.'’,-]*|and|und|et|y|e|&|van|de|der))+$/u,
];

/** A day with its year, and hardly a word besides. */
const DATED = /(?:^|\D)(?:19|20)\d\d(?:\D|$)/u;
const MOST_DATE_WORDS = 4;

/** Whether a line says something about the article, not something of what it tells. */
export function isMetadata(line: string): boolean {
  if (line.length > 160) return false;
  const words = line.split(/[\s,./-]+/u).filter((word) => word !== "");
  const dated =
    words.length >= 3 &&
    words.length <= MOST_DATE_WORDS &&
    DATED.test(line) &&
    /\d{1,2}/u.test(words.join(" ").replace(DATED, " "));
  return dated || METADATA.some((pattern) => pattern.test(line));
}
