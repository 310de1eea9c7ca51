;;; esh-desktop.el --- Shortcuts, the Start menu and open windows -*- lexical-binding: t -*-

;;; Code:

(require 'esh-session)
(require 'esh-draw)
(require 'esh-window)

(defvar esh-desktop-mode-map
  (let ((map (make-sparse-keymap)))
    (set-keymap-parent map (make-composed-keymap button-buffer-map special-mode-map))
    (define-key map "g" #'esh-reload-desktop)
    (define-key map "?" #'describe-mode)
    map))

(define-derived-mode esh-desktop-mode special-mode "ESh desktop"
  "The desktop of an ESh host.
\\{esh-desktop-mode-map}")

(defconst esh-desktop-buffer "*esh*")

(defun esh-open-path (path)
  "Open the item of the Start menu that PATH, a list of titles or ids, leads
to."
  (esh-act 'startMenu/open (list :path (vconcat path))))

(defun esh-desktop--badge (item)
  "Insert the number that ITEM shows behind its title, if it has one."
  (when-let* ((number (plist-get item :badge)))
    (insert (propertize (concat " · " (esh-word-format 'badge number)) 'face 'bold))))

(defun esh-desktop--tree (nodes depth path)
  "Insert NODES of the Start menu at DEPTH, under PATH."
  (seq-doseq (node nodes)
    (let ((here (append path (list (plist-get node :id)))))
      (insert (make-string (* 2 depth) ?\s))
      (if (plist-member node :children)
          (progn (insert (propertize (plist-get node :title) 'face 'esh-label) "\n")
                 (esh-desktop--tree (plist-get node :children) (1+ depth) here))
        (esh-draw-spot (plist-get node :title) (cons 'item here) (lambda () (esh-open-path here)))
        (esh-desktop--badge node)
        (insert "\n")))))

(defun esh-desktop--heading (text)
  "Insert TEXT as a heading."
  (insert "\n" (propertize text 'face 'bold) "\n"))

(defun esh-desktop-draw ()
  "Draw the desktop into its buffer."
  (when (and esh-desktop (get-buffer esh-desktop-buffer))
    (with-current-buffer esh-desktop-buffer
      (let ((inhibit-read-only t) (line (line-number-at-pos)))
        (erase-buffer)
        (insert (propertize (or (plist-get esh-user :displayName) "ESh") 'face 'esh-title) "\n")
        (esh-desktop--heading (esh-word 'shortcuts))
        (seq-doseq (item (plist-get esh-desktop :shortcuts))
          (insert "  ")
          (esh-draw-spot (plist-get item :title) (list 'shortcut (plist-get item :id))
                         (lambda () (esh-act 'shortcut/open (list :id (plist-get item :id)))))
          (esh-desktop--badge item)
          (insert "\n"))
        (esh-desktop--heading (esh-word 'start-menu))
        (esh-desktop--tree (plist-get esh-desktop :startMenu) 1 nil)
        (when esh-windows (esh-desktop--heading (esh-word 'windows)))
        (pcase-dolist (`(,id . ,window) esh-windows)
          (insert "  ")
          (esh-draw-spot (plist-get window :title) (list 'window id)
                         (lambda () (pop-to-buffer-same-window (cdr (assoc id esh-window-buffers)))))
          (insert "\n"))
        (goto-char (point-min))
        (forward-line (1- line))))))

(defun esh-desktop-show ()
  "Show the desktop."
  (with-current-buffer (get-buffer-create esh-desktop-buffer)
    (unless (derived-mode-p 'esh-desktop-mode) (esh-desktop-mode)))
  (esh-desktop-draw)
  (pop-to-buffer-same-window esh-desktop-buffer))

(defun esh-desktop--paths (nodes path titles)
  "An alist from titles to paths of all items in NODES under PATH, whose
titles are TITLES."
  (seq-mapcat (lambda (node)
                (let ((here (append path (list (plist-get node :id))))
                      (named (append titles (list (plist-get node :title)))))
                  (if (plist-member node :children)
                      (esh-desktop--paths (plist-get node :children) here named)
                    (list (cons (string-join named "/") here)))))
              nodes))

;;;###autoload
(defun esh-open (titles)
  "Open the item of the Start menu that TITLES, joined by slashes, lead to."
  (interactive
   (list (completing-read (esh-word 'open) (esh-desktop--paths (plist-get esh-desktop :startMenu) nil nil) nil t)))
  (esh-open-path (or (cdr (assoc titles (esh-desktop--paths (plist-get esh-desktop :startMenu) nil nil)))
                     (split-string titles "/"))))

(dolist (hook '(esh-window-opened-functions esh-window-closed-functions))
  (add-hook hook (lambda (&rest _) (esh-desktop-draw)) 90))
(add-hook 'esh-desktop-changed-hook #'esh-desktop-draw)

(provide 'esh-desktop)
;;; esh-desktop.el ends here
