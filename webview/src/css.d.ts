// Style sheets become files of their own beside the script.
declare module '*.css';
