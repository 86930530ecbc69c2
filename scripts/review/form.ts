/** The part of the page that takes answers: how to give them, and the form that makes their text. */
import { inline } from './inline.js'
import { both } from './languages.js'
import { entryExample } from './standing.js'

const word = (key: 'yes' | 'no' | 'correction' | 'explanation' | 'yours' | 'who' | 'when' | 'lines' | 'file' | 'copied' | 'save' | 'copy') => both((say) => say.page[key], 'span')

/** How to answer, in three ways. */
export function answeringSection(): string {
  const ways = (index: number) => `<li>${both((say) => inline(say.answeringWays[index] ?? ''), 'span')}${index === 1 ? `<pre><code>${inline(entryExample.trim())}</code></pre>` : ''}</li>`
  return `<section id="answering"><h2>${both((say) => say.answering, 'span')}</h2>
${both((say) => `<p>${inline(say.answeringIntroduction)}</p>`)}
<ol class="ways">${[0, 1, 2].map(ways).join('\n')}</ol>
${both((say) => `<p>${inline(say.answeringAfter)}</p>`)}</section>`
}

/** Where the text of the answers is made; shown by the script of the page. */
export function answersForm(): string {
  const tools = `<p class="tools"><button type="button" class="copy"><span class="before">${word('copy')}</span><span class="after">${word('copied')}</span></button> <a class="save">${word('save')}</a></p>`
  return `<section id="yours" hidden><h2>${word('yours')} <small class="count">0</small></h2>
${both((say) => `<p class="none">${say.page.none}</p>`)}
<div class="made"><p class="sender"><label>${word('who')} <input id="who" autocomplete="name" maxlength="100"></label> <label>${word('when')} <input id="when" type="date"></label></p>
<div id="outputs"></div></div></section>
<template id="reply"><div class="reply"><button type="button" value="yes">${word('yes')}</button><button type="button" value="no">${word('no')}</button><label><span class="correction">${word('correction')}</span><span class="explanation" hidden>${word('explanation')}</span> <input maxlength="500"></label></div></template>
<template id="lines"><div><p>${word('lines')}</p><textarea readonly></textarea>${tools}</div></template>
<template id="entries"><div><p>${word('file')} <code class="path"></code></p><textarea readonly></textarea>${tools}</div></template>`
}
