;;; esh-window.el --- A window of the host as a buffer -*- lexical-binding: t -*-

;;; Commentary:

;; One buffer for each window, with the keys that act on what is at point.

;;; Code:

(require 'esh-session)
(require 'esh-draw)
(require 'esh-act)
(require 'esh-rows)
(require 'esh-table)

(defvar-local esh-window-id nil "The window that this buffer shows.")
(defvar-local esh-window-rows nil "Alist from table id to its `esh-rows'.")

(defvar esh-window-buffers nil "Alist from window id to buffer.")

(defvar esh-window-mode-map
  (let ((map (make-sparse-keymap)))
    (set-keymap-parent map (make-composed-keymap button-buffer-map special-mode-map))
    (define-key map "q" #'esh-window-close)
    (define-key map "s" #'esh-window-search)
    (define-key map "m" #'esh-window-more)
    (define-key map "b" #'esh-window-press)
    (define-key map "g" #'esh-window-reload)
    (define-key map "?" #'describe-mode)
    map))

(define-derived-mode esh-window-mode special-mode "ESh"
  "A window of an ESh host.
\\{esh-window-mode-map}"
  (setq truncate-lines t))

(defun esh-window--here ()
  "The window that the current buffer shows."
  (or (esh-window esh-window-id) (user-error "%s" (esh-word 'not-connected))))

(defun esh-window--key-at-point ()
  "The key of the button at point, and how far into it point is."
  (get-text-property (point) 'esh-key))

(defun esh-window--go-to (key line)
  "Put point on the button with KEY, else on LINE."
  (goto-char (point-min))
  (let ((place (and key (text-property-any (point-min) (point-max) 'esh-key key))))
    ;; `text-property-any' compares with eq; keys are lists, so look at each button.
    (unless place
      (let ((button (next-button (point-min) t)))
        (while (and button (not (equal (button-get button 'esh-key) key)))
          (setq button (next-button (button-end button))))
        (setq place (and button (button-start button)))))
    (if (and key place) (goto-char place)
      (forward-line (1- line)))))

(defun esh-window--rows (table)
  "The rows of TABLE, read when they were never read or have changed."
  (let* ((id (plist-get table :id))
         (rows (or (cdr (assoc id esh-window-rows))
                   (let ((new (make-esh-rows :window esh-window-id :table id)))
                     (push (cons id new) esh-window-rows)
                     new))))
    (unless (equal (esh-rows-revision rows) (plist-get table :revision))
      (setf (esh-rows-revision rows) (plist-get table :revision))
      (esh-rows-reload rows))
    rows))

(defun esh-window-draw ()
  "Draw the current buffer's window; point stays on what it was on."
  (let ((window (esh-window--here)) (inhibit-read-only t)
        (key (esh-window--key-at-point)) (line (line-number-at-pos)))
    (erase-buffer)
    (insert (propertize (plist-get window :title) 'face 'esh-title) "\n")
    (when (plist-get window :text) (insert (plist-get window :text) "\n"))
    (seq-doseq (tab (plist-get window :tabs))
      (when (esh-draw-true-p (plist-get tab :visible))
        (esh-draw-spot (format "[%s]" (plist-get tab :title)) (list 'tab (plist-get tab :id))
                       (lambda () (esh-act-tab window tab)) (if (esh-draw-true-p (plist-get tab :selected)) 'bold 'link))
        (insert " ")))
    (insert "\n")
    (seq-doseq (field (plist-get window :fields))
      (when (esh-draw-shown-p window field)
        (esh-draw-field field (lambda (field) (esh-act-field window field)))))
    (seq-doseq (table (plist-get window :tables))
      (when (esh-draw-shown-p window table) (esh-table-draw window table (esh-window--rows table) #'esh-window-draw)))
    (insert "\n")
    (seq-doseq (button (plist-get window :buttons))
      (when (and (null (plist-get button :table)) (not (esh-draw-true-p (plist-get button :row)))
                 (esh-draw-shown-p window button))
        (esh-draw-button button (lambda (button row) (esh-act-press window button row)))))
    (insert "\n" (propertize (esh-word 'keys) 'face 'esh-hint) "\n")
    (esh-window--go-to key line)))

(defun esh-window--first-table ()
  "The first table on the screen."
  (let ((window (esh-window--here)))
    (seq-find (lambda (table) (esh-draw-shown-p window table)) (plist-get window :tables))))

(defun esh-window-search (text)
  "Show only rows that have every word of TEXT; an empty one shows all."
  (interactive (list (read-string (esh-word 'search))))
  (let ((rows (esh-window--rows (esh-window--first-table))))
    (setf (esh-rows-search rows) (and (not (string-empty-p text)) text))
    (esh-rows-reload rows)
    (esh-window-draw)))

(defun esh-window-more ()
  "Read the next page of the table."
  (interactive)
  (esh-rows-more (esh-window--rows (esh-window--first-table)))
  (esh-window-draw))

(defun esh-window-reload ()
  "Read the rows again."
  (interactive)
  (dolist (entry esh-window-rows) (setf (esh-rows-revision (cdr entry)) nil))
  (esh-window-draw))

(defun esh-window-press ()
  "Choose one of the window's buttons by its label and press it."
  (interactive)
  (let* ((window (esh-window--here))
         (ready (seq-filter (lambda (button) (and (esh-draw-shown-p window button)
                                                  (not (esh-draw-true-p (plist-get button :row)))
                                                  (esh-draw-true-p (plist-get button :enabled))))
                            (plist-get window :buttons)))
         (label (completing-read (esh-word 'button) (mapcar (lambda (button) (plist-get button :label)) ready) nil t)))
    (esh-act-press window (seq-find (lambda (button) (equal (plist-get button :label) label)) ready) nil)))

(defun esh-window-close ()
  "Close the window at the host; its buffer goes with it."
  (interactive)
  (esh-act 'window/close (list :window esh-window-id)))

(defun esh-window--killed ()
  "A buffer that a person killed closes its window at the host, too."
  (let ((id esh-window-id))
    (setq esh-window-buffers (assoc-delete-all id esh-window-buffers))
    (when (and (esh-window id) (esh-connected-p))
      (run-at-time 0 nil (lambda () (when (esh-window id) (esh-act 'window/close (list :window id))))))))

(defun esh-window--open (window)
  "Show WINDOW in a buffer of its own."
  (let* ((id (plist-get window :id))
         (buffer (generate-new-buffer (format "*esh: %s*" (plist-get window :title)))))
    (push (cons id buffer) esh-window-buffers)
    (with-current-buffer buffer
      (esh-window-mode)
      (setq esh-window-id id)
      (add-hook 'kill-buffer-hook #'esh-window--killed nil t)
      (esh-window-draw)
      (goto-char (point-min)))
    (pop-to-buffer-same-window buffer)))

(defun esh-window--redraw (window)
  "Draw WINDOW again in its buffer."
  (let ((buffer (cdr (assoc (plist-get window :id) esh-window-buffers))))
    (when (buffer-live-p buffer) (with-current-buffer buffer (esh-window-draw)))))

(defun esh-window--close (id)
  "The window with ID is gone."
  (let ((buffer (cdr (assoc id esh-window-buffers))))
    (when (buffer-live-p buffer) (kill-buffer buffer))))

(defun esh-window--refresh (registry)
  "The rows of REGISTRY have changed."
  (pcase-dolist (`(,id . ,buffer) esh-window-buffers)
    (when (and (buffer-live-p buffer)
               (equal (plist-get (esh-window id) :type) (concat "registry:" registry)))
      (with-current-buffer buffer (esh-window-reload)))))

(add-hook 'esh-window-opened-functions #'esh-window--open)
(add-hook 'esh-window-changed-functions #'esh-window--redraw)
(add-hook 'esh-window-closed-functions #'esh-window--close)
(add-hook 'esh-refresh-functions #'esh-window--refresh)

(provide 'esh-window)
;;; esh-window.el ends here
