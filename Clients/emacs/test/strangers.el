;;; strangers.el --- Plugins that the package has never heard of -*- lexical-binding: t -*-

;;; Commentary:

;; What two plugins bring: a shortcut with a badge, a registry, a window to read, and in somebody else's registry a
;; column, a button and a form.  Run by the project's tests, with a host that has both.

;;; Code:

(require 'steps)

(defun strangers ()
  (let ((seen nil))
    (esh)
    (push (cons 'badge (walk-line "Объявления")) seen)
    (walk-act "Объявления")
    (walk-see "Каникулы")
    (walk-act "Каникулы")
    (walk-see "▸ Каникулы")
    (walk-act "<Прочитать>")
    (walk-see "С понедельника")
    (esh-desktop-show)
    (walk-wait "a desktop without a badge" (lambda () (not (walk-line "новых"))))
    (push (cons 'after (walk-line "Объявления")) seen)

    (esh-open "Реестры/Ученики")
    (walk-see "(Шкафчик)")
    (push (cons "Поиск: " (getenv "ESH_PUPIL")) walk-answers)
    (walk-key "s")
    (walk-see "Поиск «")
    (walk-act (getenv "ESH_PUPIL"))
    (walk-see (concat "▸ " (getenv "ESH_PUPIL")))
    (walk-act "<Шкафчик>")
    (walk-see "Номер")
    (push '("Номер: " . "4217") walk-answers)
    (with-current-buffer (window-buffer)
      (goto-char (point-min))
      (search-forward "Номер")
      (forward-button 1)
      (push-button))
    (walk-see "4217")
    (walk-act "<Сохранить>")
    (walk-wait "the registry with the number" (lambda () (and (walk-line "<Добавить>") (walk-line "4217"))))
    (push (cons 'row (walk-line "4217")) seen)
    seen))

(walk-run #'strangers)

;;; strangers.el ends here
