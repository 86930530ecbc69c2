/** Swagger UI as these pages use it. */
import { say } from './page-parts.js'

/**
 * What is used of an Immutable.js collection.
 * @typedef {{ get(key: string): unknown, set(key: string, value: unknown): Tag }} Tag
 * @typedef {{ size: number, filter(keep: (operation: { toJS(): Operation }) => boolean): Operations }} Operations
 * @typedef {{ path: string, method: string, operation: { operationId?: string, summary?: string } }} Operation
 * @typedef {{ map(change: (tag: Tag) => Tag): TaggedOperations, filter(keep: (tag: Tag) => boolean): TaggedOperations }} TaggedOperations
 */

/**
 * @typedef {object} SecurityScheme
 * @property {string} type
 * @property {string} [in]
 * @property {string} [name]
 *
 * @typedef {object} SwaggerUi
 * @property {{ updateFilter(text: string): void }} layoutActions
 * @property {{ logout(schemes: string[]): void }} authActions
 * @property {{ authorized(): { size: number } }} authSelectors
 * @property {{ specJson(): { toJS(): { components?: { securitySchemes?: Record<string, SecurityScheme> } } } }} specSelectors
 * @property {(scheme: string, value: string) => void} preauthorizeApiKey
 */

/** Matches in what a reader sees of an operation, not only in the names of tags, as Swagger UI's own filter does. */
const searching = () => ({
  fn: {
    /** @param {TaggedOperations} tags @param {string} text */
    opsFilter(tags, text) {
      const wanted = text.trim().toLowerCase()
      /** @param {{ toJS(): Operation }} entry */
      const fits = (entry) => {
        const { path, method, operation } = entry.toJS()
        return `${method} ${path} ${operation.operationId ?? ''} ${operation.summary ?? ''}`.toLowerCase().includes(wanted)
      }
      const kept = tags.map((tag) => tag.set('operations', /** @type {Operations} */ (tag.get('operations')).filter(fits)))
      return kept.filter((tag) => /** @type {Operations} */ (tag.get('operations')).size > 0)
    },
  },
  // The box at the top takes the place of Swagger UI's.
  components: { FilterContainer: () => null },
})

/**
 * Swagger UI within the page: one level of headings below the page's own, no list of servers beside the switch of sandboxes, and no link
 * inside of a button.
 * @param {{ React: { createElement(type: unknown, props: object | null, ...children: unknown[]): unknown } }} system
 */
const inThePage = ({ React: { createElement: make } }) => ({
  components: {
    /** @param {{ text: string }} props */
    DeepLink: ({ text }) => make('span', null, text),
    /** @param {{ getComponent(name: string, isContainer?: boolean): unknown, specSelectors: { loadingStatus(): string } }} props */
    PageLayout: ({ getComponent, specSelectors }) => {
      /** @param {string} name @param {boolean} [isContainer] */
      const part = (name, isContainer) => make(getComponent(name, isContainer), null)
      if (specSelectors.loadingStatus() !== 'success') return make('div', { className: 'swagger-ui' }, part('errors', true))
      return make('div', { className: 'swagger-ui' },
        part('SvgAssets'), part('errors', true),
        make('div', { className: 'wrapper' }, part('InfoContainer', true), part('AuthorizeBtnContainer', true)),
        make('h2', { className: 'hidden' }, say('Operations', '接口')),
        make('div', { className: 'wrapper' }, part('operations', true), part('Models', true)),
      )
    },
  },
})

/**
 * @param {string} url of the document
 * @param {Element} place
 * @param {(document: string) => string} amend changes the document before it is shown
 * @returns {Promise<SwaggerUi>} once the document is shown
 */
export function showDocument(url, place, amend) {
  const { SwaggerUIBundle } = /** @type {{ SwaggerUIBundle: (options: object) => SwaggerUi }} */ (/** @type {unknown} */ (window)) // set by the script before this one
  return new Promise((resolve) => {
    const ui = SwaggerUIBundle({
      url,
      domNode: place,
      plugins: [searching, inThePage],
      layout: 'PageLayout',
      syntaxHighlight: { theme: 'obsidian' },
      deepLinking: true,
      displayOperationId: true,
      displayRequestDuration: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      // It would ask a server on the internet whether the document is valid.
      validatorUrl: null,
      /** @param {{ url: string, text: string }} response of a request, or the document itself */
      responseInterceptor(response) {
        if (response.url.endsWith(url)) response.text = amend(response.text)
        return response
      },
      onComplete: () => {
        resolve(ui)
      },
    })
  })
}

/**
 * The security scheme of a system is called `token` by convention.
 * @param {SwaggerUi} ui
 * @returns {SecurityScheme | undefined}
 */
export function tokenScheme(ui) {
  return ui.specSelectors.specJson().toJS().components?.securitySchemes?.['token']
}
