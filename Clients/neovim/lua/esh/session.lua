--- One connection with one signed-in person: the desktop, the open windows, and what the host tells about them.
local rpc = require('esh.rpc')
local words = require('esh.words')

local M = { windows = {}, desktop = nil, user = nil, connection = nil, on = {} }

local function tell(kind, ...)
  if M.on[kind] then M.on[kind](...) end
end

function M.complain(failure)
  local lines = { failure.message }
  for _, issue in ipairs(failure.data and failure.data.issues or {}) do
    table.insert(lines, issue.path .. ': ' .. issue.message)
  end
  vim.notify(table.concat(lines, '\n'), vim.log.levels.ERROR)
end

--- A question about a window that has been closed meanwhile: nobody waits for its answer.
local function late(params, failure)
  return failure.code == -32004 and params and params.window and not M.windows[params.window]
end

--- Sends a request; a failure is shown, and only a result reaches `done`.
function M.call(method, params, done)
  if not M.connection then return vim.notify(words.not_connected, vim.log.levels.WARN) end
  M.connection:request(method, params, function(failure, result)
    if not failure then
      if done then done(result) end
    elseif failure.code ~= 0 and not late(params, failure) then
      M.complain(failure)
    end
  end)
end

--- A request whose answer is an Outcome: its effects are applied in their order, then `done(result)`.
function M.act(method, params, done)
  M.call(method, params, function(outcome)
    M.apply(outcome.effects or {})
    if done then done(outcome.result) end
  end)
end

local lists = { 'fields', 'tabs', 'tables', 'buttons' }

--- Puts `changed` over a window: elements whole, matched by id, new ones at the end, `removed` ones gone.
function M.merge(window, changed)
  for _, key in ipairs({ 'title', 'text', 'level' }) do
    if changed[key] ~= nil then window[key] = changed[key] end
  end
  for _, list in ipairs(lists) do
    local gone = {}
    for _, id in ipairs((changed.removed or {})[list] or {}) do gone[id] = true end
    local place, kept = {}, {}
    for _, element in ipairs(window[list] or {}) do
      if not gone[element.id] then
        table.insert(kept, element)
        place[element.id] = #kept
      end
    end
    for _, element in ipairs(changed[list] or {}) do
      if not place[element.id] then place[element.id] = #kept + 1 end
      kept[place[element.id]] = element
    end
    window[list] = kept
  end
end

local function update(id, revision, changed)
  local window = M.windows[id]
  if not window or (revision and window.revision and revision <= window.revision) then return end
  window.revision = revision
  M.merge(window, changed)
  tell('window_changed', window)
end

local effects = {
  openWindow = function(effect)
    M.windows[effect.window.id] = effect.window
    tell('window_opened', effect.window)
  end,
  updateWindow = function(effect) update(effect.id, effect.revision, effect.changed) end,
  closeWindow = function(effect)
    M.windows[effect.id] = nil
    tell('window_closed', effect.id)
  end,
  openURL = function(effect) tell('url', effect.url) end,
  refresh = function(effect) tell('refresh', effect.registry, effect.tab) end,
}

function M.apply(list)
  for _, effect in ipairs(list) do
    if effects[effect.type] then effects[effect.type](effect) end
  end
end

--- Reads the desktop again; windows that the host opened or closed by itself are shown or put away.
function M.reload_desktop(done)
  M.call('desktop/get', nil, function(desktop)
    M.desktop = desktop
    local living = {}
    for _, window in ipairs(desktop.windows) do
      living[window.id] = true
      if not M.windows[window.id] then effects.openWindow({ window = window }) end
    end
    for id in pairs(M.windows) do
      if not living[id] then effects.closeWindow({ id = id }) end
    end
    tell('desktop_changed')
    if done then done() end
  end)
end

local notifications = {
  ['window/didChange'] = function(params) update(params.window, params.revision, params.changed) end,
  ['desktop/didChange'] = function() M.reload_desktop() end,
  ['registry/didChange'] = function(params) tell('refresh', params.registry, params.tab) end,
  ['session/didEnd'] = function(params)
    M.user = nil
    vim.notify(words.ended:format(params.reason or ''), vim.log.levels.WARN)
  end,
}

local function handlers()
  local asked = { stopping = false }
  return {
    asked = asked,
    notification = function(method, params)
      if notifications[method] then notifications[method](params) end
    end,
    closed = function(reason)
      M.connection, M.user = nil, nil
      M.windows = {}
      tell('closed')
      if not asked.stopping then vim.notify(words.closed:format(reason or ''), vim.log.levels.WARN) end
    end,
  }
end

local function hello(connection, locale, ready)
  M.connection = connection
  M.call('initialize', { clientInfo = { name = 'esh.nvim', version = '1' }, locale = locale }, function()
    connection:notify('initialized')
    M.call('session/get', nil, function(answer) ready(answer and answer.user) end)
  end)
end

--- Connects: to the host that serves `options.socket` when one runs, else by starting `options.command`.
--- `ready(user)` gets nil when nobody is signed in yet.
function M.start(options, ready)
  local listening = handlers()
  M.asked = listening.asked
  local function spawn()
    local connection, why = rpc.spawn(options.command, listening)
    if not connection then return vim.notify('ESh: ' .. why, vim.log.levels.ERROR) end
    hello(connection, options.locale, ready)
  end
  if not options.socket or not vim.loop.fs_stat(options.socket) then return spawn() end
  rpc.connect(options.socket, listening, function(connection)
    if connection then hello(connection, options.locale, ready) else spawn() end
  end)
end

--- Ends the connection; a host that was started for this editor ends with it.
function M.stop()
  if not M.connection then return end
  M.asked.stopping = true
  local connection = M.connection
  connection:request('shutdown', nil, function()
    connection:notify('exit')
    vim.defer_fn(function() connection:close() end, 50)
  end)
end

return M
