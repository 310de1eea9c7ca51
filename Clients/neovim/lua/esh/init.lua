--- esh.nvim: the desktop of an ESh host in buffers.
local act = require('esh.act')
local commands = require('esh.commands')
local desktop = require('esh.desktop')
local session = require('esh.session')
local window = require('esh.window')
local words = require('esh.words')

local M = {}

local function default_folder()
  return (vim.env.XDG_DATA_HOME or (vim.env.HOME .. '/.local/share')) .. '/esh'
end

--- `options`: `data` (the school's folder), `command` (how to start a host, a list), `socket` (a running one),
--- `locale` ('ru' or 'en'), `login`, `password` (text or a function that returns it), `open_url` (function(address)).
M.options = {}

local groups = {
  EshTitle = 'Title', EshLabel = 'Identifier', EshHeading = 'Statement', EshButton = 'Underlined',
  EshDisabled = 'Comment', EshValue = 'String', EshRequired = 'WarningMsg', EshHint = 'Comment', EshTab = 'TabLine',
  EshTabSelected = 'TabLineSel', EshSelected = 'Visual', EshInfo = 'MoreMsg', EshWarning = 'WarningMsg',
  EshError = 'ErrorMsg',
}

local function highlights()
  for group, link in pairs(groups) do vim.api.nvim_set_hl(0, group, { link = link, default = true }) end
  vim.api.nvim_set_hl(0, 'EshBold', { bold = true, default = true })
end

function M.setup(options)
  M.options = options or {}
end

local function settled()
  local folder = M.options.data or default_folder()
  return vim.tbl_extend('keep', M.options, {
    command = { 'esh', 'serve', '--stdio', '--data', folder }, socket = folder .. '/esh.sock', locale = 'ru',
  })
end

local function attach()
  session.on = {
    window_opened = function(opened)
      window.opened(opened)
      desktop.redraw()
    end,
    window_changed = window.changed,
    window_closed = function(id)
      window.closed(id)
      desktop.redraw()
    end,
    desktop_changed = desktop.redraw,
    refresh = window.refresh,
    url = act.url,
    closed = function()
      window.close_all()
      desktop.hide()
    end,
  }
end

local function signed_in(user)
  session.user = user
  session.reload_desktop(desktop.show)
end

local function sign_in(options)
  local function with(login)
    if not login or login == '' then return end
    local password = options.password or vim.fn.inputsecret(words.password)
    if type(password) == 'function' then password = password() end
    session.call('session/login', { login = login, password = password },
      function(welcome) signed_in(welcome.user) end)
  end
  if options.login then return with(options.login) end
  vim.ui.input({ prompt = words.login }, with)
end

--- Signs in, once, and shows the desktop.
function M.open(login)
  local options = settled()
  options.login = login ~= '' and login or options.login
  words.locale, act.open_url = options.locale, options.open_url
  highlights()
  attach()
  if session.user and session.desktop then return desktop.show() end
  local function ready(user)
    if user then signed_in(user) else sign_in(options) end
  end
  if session.connection then return ready(nil) end
  session.start(options, ready)
end

M.open_path = desktop.open_path
M.registries = commands.choose_registry
M.commands = commands.choose
M.run = commands.run
M.logout = session.stop

return M
