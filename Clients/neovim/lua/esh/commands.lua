--- Commands and registries as lists to choose from.
local session = require('esh.session')
local words = require('esh.words')

local M = { known = {} }

--- `done(commands)`: those that this session may see.
function M.list(done)
  session.call('command/list', nil, function(answer)
    M.known = answer
    done(answer)
  end)
end

function M.registries(done)
  session.call('registry/list', nil, done)
end

--- Runs a command by its id. `arguments` is a JSON object as text, or empty.
function M.run(id, arguments)
  local given
  if arguments and arguments ~= '' then
    local good, value = pcall(vim.json.decode, arguments)
    if not good or type(value) ~= 'table' then return vim.notify(words.bad_json, vim.log.levels.ERROR) end
    given = next(value) and value or vim.empty_dict()
  end
  session.act('command/execute', { command = id, arguments = given }, function(result)
    if result ~= nil then vim.notify(vim.inspect(result), vim.log.levels.INFO) end
  end)
end

local function needs_arguments(command)
  return #(command.params and command.params.required or {}) > 0
end

function M.choose()
  M.list(function(commands)
    vim.ui.select(commands, {
      prompt = words.command, format_item = function(command) return command.title .. '  (' .. command.id .. ')' end,
    }, function(command)
      if not command then return end
      if not needs_arguments(command) then return M.run(command.id) end
      vim.ui.input({ prompt = words.arguments, default = '{}' }, function(text)
        if text then M.run(command.id, text) end
      end)
    end)
  end)
end

function M.choose_registry()
  M.registries(function(registries)
    vim.ui.select(registries, {
      prompt = words.registry, format_item = function(registry) return registry.title end,
    }, function(registry)
      if registry then M.run('shell.openRegistry', vim.json.encode({ registry = registry.id })) end
    end)
  end)
end

--- Completion of :EshRun.
function M.complete(lead)
  local found = {}
  for _, command in ipairs(M.known) do
    if vim.startswith(command.id, lead) then table.insert(found, command.id) end
  end
  return found
end

return M
