;;; walk.el --- A walk through the package as a person would take it -*- lexical-binding: t -*-

;;; Commentary:

;; Prints what was seen as one JSON object.  Run by the project's tests, or by hand:
;;   ESH=esh ESH_DATA=FOLDER ESH_LOGIN=admin ESH_PASSWORD=… emacs -Q --batch -L . -L test -l test/walk.el

;;; Code:

(require 'steps)

(defun walk ()
  (let ((seen nil))
    (esh)
    (walk-see "Ярлыки")
    (push (cons 'person (car (split-string (walk-text) "\n"))) seen)
    (push (cons 'registries (vconcat (mapcar (lambda (r) (plist-get r :title)) (esh-registries-list)))) seen)
    (push (cons 'commands (length (esh-commands-list))) seen)

    (esh-open "Реестры/Родители")
    (walk-see "… ещё")
    (let ((before (length (walk-text))))
      (walk-key "m")
      (unless (> (length (walk-text)) before) (error "No second page")))
    (walk-key "q")

    (esh-open "Реестры/Ученики")
    (walk-act "(Изменить)")
    (push (cons 'why (car walk-said)) seen)
    (push (cons "Поиск: " (getenv "ESH_PUPIL")) walk-answers)
    (walk-key "s")
    (walk-see "Поиск «")
    (walk-act (getenv "ESH_PUPIL"))
    (walk-see (concat "▸ " (getenv "ESH_PUPIL")))
    (walk-act "<Изменить>")
    (walk-see "Отчество")
    (push (cons 'form (car (split-string (walk-text) "\n"))) seen)
    (push '("Дата рождения: " . "31.02.2012") walk-answers)
    (string-match "Дата рождения: \\([0-9.]+\\)" (walk-text))
    (walk-act (match-string 1 (walk-text)))
    (unless (string-match "31.02.2012  \\(.*\\)" (walk-text)) (error "A bad date is not marked\n%s" (walk-text)))
    (push (cons 'bad_date (match-string 1 (walk-text))) seen)
    (push '("Дата рождения: " . "28.02.2012") walk-answers)
    (walk-act "31.02.2012")
    (walk-see "28.02.2012")
    (walk-act "<Сохранить>")
    (push (cons 'title (car (split-string (walk-text) "\n"))) seen)

    (esh-logout)
    (when (esh-connected-p) (error "Still connected"))
    seen))

(walk-run #'walk)

;;; walk.el ends here
