;;; esh-words.el --- The package's own words -*- lexical-binding: t -*-

;;; Commentary:

;; Everything else on the screen comes from the host, in the session's language.

;;; Code:

(defvar esh-words-locale 'ru "Language of the words: `ru' or `en'.")

(defconst esh-words--table
  '((login "Логин: " "Login: ")
    (password "Пароль для %s: " "Password for %s: ")
    (search "Поиск: " "Search: ")
    (arguments "Аргументы (JSON): " "Arguments (JSON): ")
    (shortcuts "Ярлыки" "Shortcuts")
    (start-menu "Пуск" "Start")
    (windows "Окна" "Windows")
    (more "… ещё %d (m)" "… %d more (m)")
    (none "Записей нет" "No rows")
    (badge "новых: %d" "%d new")
    (yes "Да" "Yes")
    (no "Нет" "No")
    (found "Поиск «%s»: %d" "Search \"%s\": %d")
    (open "Открыть: " "Open: ")
    (registry "Реестр: " "Registry: ")
    (command "Команда: " "Command: ")
    (button "Кнопка: " "Button: ")
    (closed "ESh: соединение закрыто. Начните снова: M-x esh" "ESh: the connection is closed. Start again: M-x esh")
    (ended "ESh: сеанс завершён (%s). Войдите снова: M-x esh" "ESh: the session has ended (%s). Sign in again: M-x esh")
    (not-connected "Сначала войдите: M-x esh" "Sign in first: M-x esh")
    (bad-json "Аргументы должны быть объектом JSON" "Arguments must be a JSON object")
    (link "ESh открывает только http и https: %s" "ESh opens only http and https: %s")
    (keys "RET действие · TAB дальше · q закрыть · s поиск · m ещё · b кнопки · g обновить · ? справка"
          "RET act · TAB next · q close · s search · m more · b buttons · g reload · ? help"))
  "Each word: Russian, English.")

(defun esh-word (key)
  "The word for KEY in the chosen language."
  (nth (if (eq esh-words-locale 'ru) 1 2) (assq key esh-words--table)))

(defun esh-word-format (key &rest arguments)
  "The word for KEY, filled with ARGUMENTS."
  (apply #'format (esh-word key) arguments))

(provide 'esh-words)
;;; esh-words.el ends here
