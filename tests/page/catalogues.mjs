// Prints the page's catalogues as JSON, each word by its path: functions are called with what shows their forms. Node reads
// TypeScript itself.

const [folder, ...languages] = process.argv.slice(2);
const { setLocale } = await import(`${folder}/format.ts`);
const COUNTS = [0, 1, 2, 3, 11, 100, 1000];

function* wordsOf(catalogue, path = []) {
  for (const [name, word] of Object.entries(catalogue)) {
    const here = [...path, name];
    if (typeof word === "string") yield [here.join("."), [word]];
    else if (typeof word === "object") yield* wordsOf(word, here);
    else yield [here.join("."), COUNTS.map((count) => word(...Array(word.length).fill(count)))];
  }
}

const all = {};
for (const language of languages) {
  setLocale(language);
  const catalogue = (await import(`${folder}/${language}.ts`))[language];
  all[language] = Object.fromEntries(wordsOf(catalogue));
}
console.log(JSON.stringify(all));
