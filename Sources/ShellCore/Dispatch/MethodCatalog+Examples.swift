import JSONSchema
import Jansson

extension MethodCatalog {
  /// What is wrong with the examples of the rows: each must fit its own schemas. For tests; empty is well.
  package var exampleProblems: [String] {
    definitions.flatMap { method in
      method.examples.flatMap { example in
        problems(example.params, ParamsCheck.closed(method.params), "\(method.name), \(example.name), params")
          + (example.result.map {
            problems($0, method.result ?? false, "\(method.name), \(example.name), result")
          } ?? [])
      }
    }
  }

  /// What is wrong with `result` as an answer of that method, by its own schema. For tests.
  package func resultProblems(_ result: JSONValue, of method: String) -> [String] {
    guard let row = definitions.first(where: { $0.name == method }) else { return ["no method '\(method)'"] }
    return problems(result, row.result ?? false, method)
  }

  private func problems(_ value: JSONValue, _ schema: JSONValue, _ place: String) -> [String] {
    do throws(JSONSchemaError) {
      let compiled = try JSONSchema(ParamsCheck.selfContained(schema, allSchemas))
      return compiled.validate(value).map { "\(place): \($0.path) \($0.en)" }
    } catch {
      return ["\(place): schema: \(error)"]
    }
  }
}
