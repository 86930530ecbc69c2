/**
 * Teaches Redocly the one extension of ours that holds OpenAPI objects: `x-operations` (several operations behind one URL).
 * With it, references inside are bundled and the operations are linted like any other.
 */
export default function understudy() {
  return {
    id: 'understudy',
    typeExtension: {
      oas3(types) {
        return {
          ...types,
          Operation: {
            ...types.Operation,
            properties: { ...types.Operation.properties, 'x-operations': 'SelectedOperations' },
          },
          SelectedOperations: { properties: {}, additionalProperties: 'Operation' },
        }
      },
    },
  }
}
