-- What a shift's drawer should hold, what was counted, and who counted. NULL while the shift is open.
ALTER TABLE shift ADD COLUMN expected INTEGER;
ALTER TABLE shift ADD COLUMN counted INTEGER;
