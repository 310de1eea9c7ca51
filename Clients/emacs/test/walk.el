;;; walk.el --- A walk through the package as a person would take it -*- lexical-binding: t -*-

;;; Commentary:

;; Prints what was seen as one JSON object.  Run by the project's tests, or by hand:
;;   ESH=esh ESH_DATA=FOLDER ESH_LOGIN=admin ESH_PASSWORD=… emacs -Q --batch -L . -l test/walk.el

;;; Code:

(require 'cl-lib)
(require 'json)
(require 'esh)

(setq esh-command (list (getenv "ESH") "serve" "--stdio" "--data" (getenv "ESH_DATA"))
      esh-data (getenv "ESH_DATA")
      esh-login (getenv "ESH_LOGIN")
      esh-password-function (lambda (_login) (getenv "ESH_PASSWORD")))

(defvar walk-answers nil "Alist from prompt to what a person types there.")
(defvar walk-said nil "Messages, the newest first.")

(advice-add 'read-string :override (lambda (prompt &rest _) (or (cdr (assoc prompt walk-answers)) "")))
(advice-add 'message :before (lambda (form &rest arguments) (when form (push (apply #'format form arguments) walk-said))))

(defun walk-text () (with-current-buffer (window-buffer) (buffer-substring-no-properties (point-min) (point-max))))

(defun walk-see (what)
  (unless (string-search what (walk-text)) (error "Not on the screen: %s\n%s" what (walk-text))))

(defun walk-act (on)
  "Acts on the first button whose text has ON."
  (with-current-buffer (window-buffer)
    (goto-char (point-min))
    (let ((button (next-button (point-min) t)))
      (while (and button (not (string-search on (button-label button))))
        (setq button (next-button (button-end button))))
      (unless button (error "Nothing to act upon says: %s\n%s" on (walk-text)))
      (goto-char (button-start button))
      (push-button))))

(defun walk-key (key)
  (with-current-buffer (window-buffer) (call-interactively (key-binding (kbd key)))))

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

(condition-case trouble
    (princ (concat (json-encode (walk)) "\n"))
  (error (princ (format "%s\n" (error-message-string trouble)) #'external-debugging-output)
         (kill-emacs 1)))

;;; walk.el ends here
