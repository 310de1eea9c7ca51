import JSONSchema
import Jansson

/// The published schema of manifests, carried in the host so that no folder needs to hold it.
package enum ManifestSchema {
  /// The text of `Manifests/manifest.schema.json`, letter for letter; a test compares the two.
  package static let text = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Manifest of an ESh plugin",
      "description": "One file `<id>.json` for each plugin. Unknown members are refused.",
      "type": "object",
      "properties": {
        "$schema": {"type": "string", "description": "For editors."},
        "manifestVersion": {"const": 1},
        "id": {"$ref": "#/$defs/pluginId"},
        "version": {"$ref": "#/$defs/version"},
        "title": {"$ref": "#/$defs/text"},
        "description": {"$ref": "#/$defs/text"},
        "library": {
          "type": "string",
          "description": "File name in the folder of plugins.",
          "pattern": "^[A-Za-z0-9_][A-Za-z0-9_.+-]*\\.so$",
          "maxLength": 128
        },
        "abi": {
          "type": "object",
          "description": "The version of shell_plugin.h that it was written for.",
          "properties": {
            "major": {"type": "integer", "minimum": 1, "maximum": 65535},
            "minor": {"type": "integer", "minimum": 0, "maximum": 65535}
          },
          "required": ["major", "minor"],
          "additionalProperties": false
        },
        "concurrency": {
          "description": "Whether calls come one at a time.",
          "enum": ["serial", "parallel"],
          "default": "serial"
        },
        "isolation": {
          "description": "Inside the host, in a process of its own, or either. A plugin that did not come with the host\#
     runs in a process of its own unless an administrator decides otherwise.",
          "enum": ["inproc", "runner", "any"],
          "default": "inproc"
        },
        "limits": {
          "type": "object",
          "description": "Milliseconds that a call and a job may take, and MiB that a process of its own may.",
          "properties": {
            "callMs": {"type": "integer", "minimum": 1, "maximum": 300000, "default": 10000},
            "jobMs": {"type": "integer", "minimum": 1, "maximum": 3600000, "default": 60000},
            "memoryMB": {"type": "integer", "minimum": 16, "maximum": 65536, "default": 512}
          },
          "additionalProperties": false
        },
        "requires": {
          "type": "object",
          "description": "Without these the plugin is not used.",
          "properties": {
            "plugins": {
              "type": "object",
              "propertyNames": {"$ref": "#/$defs/pluginId"},
              "additionalProperties": {"$ref": "#/$defs/range"}
            },
            "services": {"type": "array", "items": {"$ref": "#/$defs/contract"}, "maxItems": 1000}
          },
          "additionalProperties": false
        },
        "provides": {
          "type": "array",
          "items": {"$ref": "#/$defs/contract"},
          "maxItems": 1000,
          "description": "Contracts that its services fulfil; one provider each."
        },
        "permissions": {
          "type": "object",
          "description": "What the host lends to it: views that it reads, services that it calls, events\#
     that it receives, addresses that it reaches, context keys of others that its clauses read, and\#
     whether it may show something unasked.",
          "properties": {
            "views": {"type": "array", "items": {"$ref": "#/$defs/view"}, "maxItems": 1000},
            "services": {"type": "array", "items": {"$ref": "#/$defs/name"}, "maxItems": 1000},
            "events": {"type": "array", "items": {"$ref": "#/$defs/name"}, "maxItems": 1000},
            "http": {"type": "array", "items": {"$ref": "#/$defs/address"}, "maxItems": 1000},
            "context": {"type": "array", "items": {"$ref": "#/$defs/name"}, "maxItems": 1000},
            "tables": {"description": "Tables of the host that its tabs show.", "type": "array", "items": {"enum": ["shell.audit"]}, "maxItems": 10},
            "present": {"type": "boolean", "default": false}
          },
          "additionalProperties": false
        },
        "rights": {
          "type": "object",
          "description": "Clauses by name, each in one place; `access` names one as `@manage`.",
          "propertyNames": {"$ref": "#/$defs/localId"},
          "additionalProperties": {"$ref": "#/$defs/clause"}
        },
        "contextKeys": {
          "type": "object",
          "propertyNames": {"$ref": "#/$defs/name"},
          "additionalProperties": {"$ref": "#/$defs/contextKey"}
        },
        "publishes": {
          "type": "object",
          "description": "What others may read and receive.",
          "properties": {
            "views": {"type": "array", "items": {"$ref": "#/$defs/view"}, "maxItems": 1000},
            "events": {"type": "array", "items": {"$ref": "#/$defs/name"}, "maxItems": 1000},
            "previews": {
              "description": "Points at which others say what would follow from a change of this plugin.",
              "type": "array",
              "items": {"$ref": "#/$defs/name"},
              "maxItems": 1000
            }
          },
          "additionalProperties": false
        },
        "contributes": {
          "type": "object",
          "properties": {
            "startMenu": {"type": "array", "items": {"$ref": "#/$defs/menuNode"}, "maxItems": 1000},
            "shortcuts": {
              "type": "array",
              "items": {"oneOf": [{"$ref": "#/$defs/commandItem"}, {"$ref": "#/$defs/registryItem"}]},
              "maxItems": 1000
            },
            "registries": {"type": "array", "items": {"$ref": "#/$defs/registry"}, "maxItems": 1000},
            "tabs": {"type": "array", "items": {"$ref": "#/$defs/tab"}, "maxItems": 1000},
            "toolbar": {"type": "array", "items": {"$ref": "#/$defs/toolbarButton"}, "maxItems": 1000},
            "fields": {"type": "array", "items": {"$ref": "#/$defs/field"}, "maxItems": 1000},
            "columns": {"type": "array", "items": {"$ref": "#/$defs/column"}, "maxItems": 1000},
            "windows": {"type": "array", "items": {"$ref": "#/$defs/window"}, "maxItems": 1000},
            "extensions": {"type": "array", "items": {"$ref": "#/$defs/extension"}, "maxItems": 1000},
            "commands": {"type": "array", "items": {"$ref": "#/$defs/command"}, "maxItems": 1000},
            "services": {"type": "array", "items": {"$ref": "#/$defs/service"}, "maxItems": 1000},
            "events": {
              "type": "array",
              "items": {
                "type": "object",
                "properties": {"name": {"$ref": "#/$defs/name"}},
                "required": ["name"],
                "additionalProperties": false
              },
              "maxItems": 1000,
              "description": "Events that it handles; each is in `permissions.events`."
            },
            "jobs": {"type": "array", "items": {"$ref": "#/$defs/job"}, "maxItems": 1000},
            "previews": {"type": "array", "items": {"$ref": "#/$defs/preview"}, "maxItems": 1000},
            "settings": {"type": "array", "items": {"$ref": "#/$defs/setting"}, "maxItems": 1000}
          },
          "additionalProperties": false
        }
      },
      "required": ["manifestVersion", "id", "version", "title", "library", "abi"],
      "additionalProperties": false,
      "$defs": {
        "text": {
          "description": "A text for people: in both languages, or one plain string (which `esh plugin\#
     check` remarks on).",
          "anyOf": [
            {
              "type": "object",
              "properties": {
                "ru": {"type": "string", "minLength": 1, "maxLength": 500},
                "en": {"type": "string", "minLength": 1, "maxLength": 500}
              },
              "required": ["ru", "en"],
              "additionalProperties": false
            },
            {"type": "string", "minLength": 1, "maxLength": 500}
          ]
        },
        "pluginId": {
          "type": "string",
          "description": "`max-platform`",
          "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
          "maxLength": 64
        },
        "name": {
          "type": "string",
          "description": "Dotted camelCase, owned by one plugin: `notes.save`. `shell.` is the\#
     host's.",
          "pattern": "^[a-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*)+$",
          "maxLength": 128
        },
        "localId": {
          "type": "string",
          "description": "Names something within its surroundings: `registries`, `bind-account`.",
          "pattern": "^[a-z][A-Za-z0-9]*([.-][A-Za-z0-9]+)*$",
          "maxLength": 128
        },
        "contract": {
          "type": "string",
          "description": "A contract that services fulfil, with its version: `authentication/1`.",
          "pattern": "^[a-z][A-Za-z0-9]*(\\.[a-z][A-Za-z0-9]*)*/[1-9][0-9]*$",
          "maxLength": 128
        },
        "view": {
          "type": "string",
          "description": "A published view: `notes_v1_all`.",
          "pattern": "^[a-z][a-z0-9_]*_v[1-9][0-9]*_[a-z][a-z0-9_]*$",
          "maxLength": 128
        },
        "version": {"type": "string", "pattern":\#
     "^(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})$"},
        "range": {
          "type": "string",
          "description": "`1.2.0` exactly, `>=1.2`, or `^1.2` (no breaking change).",
          "pattern": "^((0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})|(>=|\\^)(0|[1-9][0\#
    -9]{0,8})(\\.(0|[1-9][0-9]{0,8})){0,2})$"
        },
        "clause": {
          "type": "string",
          "description": "A when-clause (its grammar is in\#
     Sources/WhenClause/Documentation.docc/Grammar.md), or a right of the manifest: `@manage`.",
          "minLength": 1,
          "maxLength": 1000
        },
        "index": {
          "description": "Position among siblings, which sort by (index, title).",
          "type": "integer",
          "minimum": -1000000,
          "maximum": 1000000,
          "default": 100
        },
        "icon": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$", "maxLength": 64},
        "address": {
          "type": "string",
          "description": "`*` stands for anything; `@platform` is the configured address of that name.",
          "pattern": "^(@[a-z][A-Za-z0-9]*|https?://[A-Za-z0-9._~:/*%-]+)$",
          "maxLength": 500
        },
        "badge": {
          "description": "A context key of type number: while it is a whole number above zero, the item shows it.",
          "$ref": "#/$defs/name"
        },
        "params": {
          "description": "JSON Schema of an object. Members that it does not name are refused unless it\#
     says `additionalProperties`.",
          "type": "object",
          "properties": {"type": {"const": "object"}},
          "required": ["type"]
        },
        "menuNode": {
          "description": "A group, an item that runs a command, or an item that opens a registry. Groups\#
     of one id at one place merge; ids of items are unique in the whole menu.",
          "oneOf": [
            {
              "type": "object",
              "properties": {
                "id": {"$ref": "#/$defs/localId"},
                "title": {"$ref": "#/$defs/text"},
                "index": {"$ref": "#/$defs/index"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/menuNode"}, "maxItems": 1000}
              },
              "required": ["id", "title", "children"],
              "additionalProperties": false
            },
            {"$ref": "#/$defs/commandItem"},
            {"$ref": "#/$defs/registryItem"}
          ]
        },
        "commandItem": {
          "type": "object",
          "properties": {
            "id": {"$ref": "#/$defs/localId"},
            "title": {"$ref": "#/$defs/text"},
            "icon": {"$ref": "#/$defs/icon"},
            "index": {"$ref": "#/$defs/index"},
            "command": {"$ref": "#/$defs/name"},
            "arguments": {"type": "object"},
            "badge": {"$ref": "#/$defs/badge"},
            "access": {"$ref": "#/$defs/clause"},
            "when": {"$ref": "#/$defs/clause"}
          },
          "required": ["id", "title", "command"],
          "additionalProperties": false
        },
        "registryItem": {
          "type": "object",
          "properties": {
            "id": {"$ref": "#/$defs/localId"},
            "title": {"$ref": "#/$defs/text"},
            "icon": {"$ref": "#/$defs/icon"},
            "index": {"$ref": "#/$defs/index"},
            "registry": {"$ref": "#/$defs/localId"},
            "tab": {"$ref": "#/$defs/localId"},
            "badge": {"$ref": "#/$defs/badge"},
            "access": {"$ref": "#/$defs/clause"},
            "when": {"$ref": "#/$defs/clause"}
          },
          "required": ["id", "title", "registry"],
          "additionalProperties": false
        },
        "contextKey": {
          "type": "object",
          "description": "A value that clauses and fields read; kept by the host, set by the plugin, for\#
     each user or for all.",
          "properties": {
            "type": {"enum": ["boolean", "string", "number", "list"]},
            "scope": {"enum": ["user", "all"]},
            "default": {}
          },
          "required": ["type", "scope"],
          "additionalProperties": false,
          "anyOf": [
            {"properties": {"type": {"const": "boolean"}, "default": {"type": "boolean"}}},
            {"properties": {"type": {"const": "string"}, "default": {"type": "string"}}},
            {"properties": {"type": {"const": "number"}, "default": {"type": "number"}}},
            {
              "properties": {"type": {"const": "list"}, "default": {"type": "array", "items": {"type":\#
     ["string", "number"]}}}
            }
          ]
        },
        "registry": {
          "type": "object",
          "properties": {
            "id": {"$ref": "#/$defs/localId"},
            "title": {"$ref": "#/$defs/text"},
            "access": {"$ref": "#/$defs/clause"}
          },
          "required": ["id", "title"],
          "additionalProperties": false
        },
        "tab": {
          "type": "object",
          "description": "A tab of a registry, its own or another plugin's. Without a table it is shown\#
     empty.",
          "properties": {
            "registry": {"$ref": "#/$defs/localId"},
            "id": {"$ref": "#/$defs/localId"},
            "title": {"$ref": "#/$defs/text"},
            "index": {"$ref": "#/$defs/index"},
            "table": {"$ref": "#/$defs/name"},
            "access": {"$ref": "#/$defs/clause"},
            "when": {"$ref": "#/$defs/clause"},
            "selection": {"enum": ["single", "multiple", "none"], "default": "single"}
          },
          "required": ["registry", "id", "title"],
          "additionalProperties": false
        },
        "toolbarButton": {
          "type": "object",
          "description": "A button over a tab's table: it runs a command, opens a window, or does an action of the host.",
          "properties": {
            "registry": {"$ref": "#/$defs/localId"},
            "tab": {"$ref": "#/$defs/localId"},
            "id": {"$ref": "#/$defs/localId"},
            "label": {"$ref": "#/$defs/text"},
            "index": {"$ref": "#/$defs/index"},
            "style": {"enum": ["default", "primary", "danger"], "default": "default"},
            "command": {"$ref": "#/$defs/name"},
            "window": {"description": "The type of a window that it opens.", "$ref": "#/$defs/name"},
            "arguments": {"description": "Values may be \"=selection\" or \"=row\".", "type": "object"},
            "action": {"enum": ["refresh"]},
            "row": {"description": "Shown in each row.", "type": "boolean", "default": false},
            "access": {"$ref": "#/$defs/clause"},
            "when": {"$ref": "#/$defs/clause"},
            "enabledWhen": {"$ref": "#/$defs/clause"},
            "why": {"description": "Why it is disabled, in words.", "$ref": "#/$defs/text"}
          },
          "required": ["registry", "tab", "id", "label"],
          "additionalProperties": false,
          "oneOf": [
            {"required": ["command"], "properties": {"window": false, "action": false}},
            {"required": ["window"], "properties": {"command": false, "action": false}},
            {"required": ["action"], "properties": {"command": false, "window": false, "arguments": false}}
          ]
        },
        "field": {
          "type": "object",
          "description": "A read-only field over a tab's table.",
          "properties": {
            "registry": {"$ref": "#/$defs/localId"},
            "tab": {"$ref": "#/$defs/localId"},
            "id": {"$ref": "#/$defs/localId"},
            "label": {"$ref": "#/$defs/text"},
            "type": {"enum": ["text", "phone", "number", "checkbox", "date", "time", "label"]},
            "value": {"description": "A context key.", "$ref": "#/$defs/name"},
            "display": {"enum": ["phone"]},
            "index": {"$ref": "#/$defs/index"},
            "access": {"$ref": "#/$defs/clause"},
            "when": {"$ref": "#/$defs/clause"}
          },
          "required": ["registry", "tab", "id", "label", "type", "value"],
          "additionalProperties": false
        },
        "column": {
          "type": "object",
          "properties": {
            "registry": {"$ref": "#/$defs/localId"},
            "tab": {"$ref": "#/$defs/localId"},
            "column": {
              "type": "object",
              "properties": {"id": {"$ref": "#/$defs/localId"}, "title": {"$ref": "#/$defs/text"}},
              "required": ["id", "title"],
              "additionalProperties": false
            },
            "source": {
              "description": "A table of this plugin whose rows have the ids of those that the column is added to.",
              "type": "object",
              "properties": {
                "table": {"$ref": "#/$defs/name"},
                "column": {"description": "Default: the column's id.", "$ref": "#/$defs/localId"}
              },
              "required": ["table"],
              "additionalProperties": false
            },
            "index": {"$ref": "#/$defs/index"},
            "access": {"$ref": "#/$defs/clause"},
            "when": {"$ref": "#/$defs/clause"}
          },
          "required": ["registry", "tab", "column", "source"],
          "additionalProperties": false
        },
        "window": {
          "type": "object",
          "properties": {
            "type": {"$ref": "#/$defs/name"},
            "title": {"$ref": "#/$defs/text"},
            "access": {"$ref": "#/$defs/clause"},
            "extensible": {
              "description": "Other plugins may show elements of their own in it (`extensions`).",
              "type": "boolean",
              "default": false
            },
            "shares": {
              "description": "Arguments that it was opened with, and fields of its own, that they get to know.",
              "type": "array",
              "items": {"$ref": "#/$defs/localId"},
              "maxItems": 1000
            }
          },
          "required": ["type"],
          "additionalProperties": false
        },
        "extension": {
          "type": "object",
          "description": "Fields, tables and buttons of this plugin in another plugin's form.",
          "properties": {
            "window": {"description": "The type of the form.", "$ref": "#/$defs/name"},
            "type": {
              "description": "What the plugin is asked for, as for a window: it describes its elements.",
              "$ref": "#/$defs/name"
            },
            "tab": {"description": "The form's tab in which they stand unless they say another.", "$ref": "#/$defs/localId"},
            "index": {"$ref": "#/$defs/index"},
            "access": {"$ref": "#/$defs/clause"},
            "when": {"$ref": "#/$defs/clause"}
          },
          "required": ["window", "type"],
          "additionalProperties": false
        },
        "command": {
          "type": "object",
          "properties": {
            "id": {"$ref": "#/$defs/name"},
            "title": {"$ref": "#/$defs/text"},
            "access": {"$ref": "#/$defs/clause"},
            "params": {"$ref": "#/$defs/params"},
            "reads": {"description": "It changes nothing.", "type": "boolean", "default": false},
            "when": {"$ref": "#/$defs/clause"}
          },
          "required": ["id", "title"],
          "additionalProperties": false
        },
        "service": {
          "type": "object",
          "properties": {"name": {"$ref": "#/$defs/name"}, "params": {"$ref": "#/$defs/params"}},
          "required": ["name"],
          "additionalProperties": false
        },
        "job": {
          "type": "object",
          "properties": {
            "name": {"$ref": "#/$defs/name"},
            "background": {
              "description": "May take long; `limits.jobMs` does not bind it.",
              "type": "boolean",
              "default": false
            },
            "retry": {
              "type": "object",
              "properties": {
                "firstMs": {"type": "integer", "minimum": 1, "maximum": 86400000},
                "maxMs": {"type": "integer", "minimum": 1, "maximum": 86400000},
                "attempts": {"type": "integer", "minimum": 1, "maximum": 1000000}
              },
              "required": ["firstMs", "maxMs"],
              "additionalProperties": false
            }
          },
          "required": ["name"],
          "additionalProperties": false
        },
        "preview": {
          "type": "object",
          "description": "What would follow here from a change of another plugin, asked before it is made.",
          "properties": {
            "of": {"description": "The other plugin's preview point.", "$ref": "#/$defs/name"},
            "service": {"description": "The service of this plugin that answers.", "$ref": "#/$defs/name"},
            "index": {"$ref": "#/$defs/index"}
          },
          "required": ["of", "service"],
          "additionalProperties": false
        },
        "setting": {
          "type": "object",
          "properties": {
            "key": {"$ref": "#/$defs/name"},
            "title": {"$ref": "#/$defs/text"},
            "type": {"enum": ["text", "number", "checkbox", "date", "time", "phone", "password"]},
            "default": {"type": ["string", "number", "boolean"]}
          },
          "required": ["key", "title", "type"],
          "additionalProperties": false
        }
      }
    }
    """# + "\n"

  /// Compiled at the first use. A text that does not compile would refuse every manifest; a test sees it first.
  package static let compiled: JSONSchema = {
    do {
      return try JSONSchema(JSONValue(parsing: text))
    } catch {
      preconditionFailure("the schema of manifests is broken: \(error)")
    }
  }()
}
